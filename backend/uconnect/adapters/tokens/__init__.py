"""Who is calling: access tokens checked, whichever issuer gave them, and the issuer we carry ourselves."""
