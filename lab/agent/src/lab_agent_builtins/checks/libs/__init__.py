"""The package `checks.libs` of Agent 5."""
