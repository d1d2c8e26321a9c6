"""The command line: `uconnect serve`, `uconnect demo`, and the operator's commands."""
