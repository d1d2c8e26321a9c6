"""Delivers frames to the open sockets of a party."""
