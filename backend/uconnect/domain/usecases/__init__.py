"""The use cases: each a pure decision, from what a party asks for and what is so, to a plan or a refusal."""
