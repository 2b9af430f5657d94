"""The package `utils` of Agent 5, which the Agent still provides to checks written for it."""
