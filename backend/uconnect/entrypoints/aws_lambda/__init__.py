"""uconnect on AWS, a Lambda function a room: the composition root of `make deploy`."""
