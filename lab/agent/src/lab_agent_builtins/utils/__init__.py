"""The package `utils` of Agent 5, which the Agent still offers to checks written for it."""
