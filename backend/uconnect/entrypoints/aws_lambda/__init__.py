"""The Lambda functions of `make deploy`, and the composition root on AWS."""
