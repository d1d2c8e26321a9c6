"""Verifies access tokens."""
