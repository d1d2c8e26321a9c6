"""What both homes share: ports and background jobs. It knows the domain and no vendor."""
