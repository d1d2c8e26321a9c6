"""The API: HTTP operations and socket frames become use cases. It does no I/O."""
