"""What is started: the server, the command line, and the Lambda functions."""
