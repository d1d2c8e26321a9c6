"""How frames reach the sockets a party has open."""
