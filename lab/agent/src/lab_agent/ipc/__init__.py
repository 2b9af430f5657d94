"""How the command line talks to the running Agent: HTTPS on loopback, a pinned certificate and a token."""
