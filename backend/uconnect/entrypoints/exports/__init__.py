"""The archive of all data: `uconnect export` writes it, `uconnect import` reads it into an empty data folder."""
