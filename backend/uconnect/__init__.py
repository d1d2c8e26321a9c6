"""uconnect: questions for institutions, answered without either side knowing whose hands they are in."""

VERSION = "0.1.0"
