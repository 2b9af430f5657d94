"""Sends what a real Agent sends to the intake, but only to loopback addresses."""
