"""Where records are kept: three stores behind `core.ports.Store`, held to one contract by one suite of tests."""
