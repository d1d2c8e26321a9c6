"""Adapters implement the ports of `application.ports`: stores, real-time delivery, mail and tokens."""
