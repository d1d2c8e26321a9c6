"""uconnect: questions for institutions, answered without either side knowing whose hands they are in."""
