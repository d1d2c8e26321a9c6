"""What server and Lambda share: ports and background jobs. It imports the domain and no vendor."""
