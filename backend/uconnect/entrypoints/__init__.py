"""The programs: the server, the command line, and the Lambda functions."""
