"""How commands talk to the running Agent: HTTPS on loopback, with a pinned certificate and a token."""
