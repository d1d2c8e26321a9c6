"""Where records are kept: three stores behind `application.ports.Store`, held to one contract by one suite of tests."""
