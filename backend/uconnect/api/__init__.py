"""How parties reach the core: a table of operations and a socket session, neither with I/O of its own."""
