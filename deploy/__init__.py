"""Deploys uconnect to AWS, and to an emulator of it. This code runs on the operator's computer alone."""
