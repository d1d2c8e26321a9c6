"""uconnect: questions for institutions. Neither side learns who the person on the other side is."""

VERSION = "0.1.0"
