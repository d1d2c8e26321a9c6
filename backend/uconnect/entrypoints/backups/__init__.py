"""Backups of a data folder: one file each, written while the server runs, and put back by `uconnect restore`."""
