"""The use cases: each decides, from a command and the loaded records, on a plan or a refusal."""
