"""What the server and Lambda share: ports, and the steps around a use case. It knows the domain and no vendor."""
