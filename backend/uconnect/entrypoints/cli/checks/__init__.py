"""What `uconnect doctor` checks: each check reads, changes nothing, and finds one thing in plain words."""
