"""The command line: `uconnect serve`, `uconnect demo`, and what an operator does."""
