"""The store for DynamoDB."""
