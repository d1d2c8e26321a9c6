"""What puts uconnect on AWS, and on an emulator of it; none of it runs there."""
