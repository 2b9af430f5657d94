"""Sends to addresses of loopback, and to nothing else, what a real Agent sends to the intake."""
