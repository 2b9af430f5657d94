"""Tails the log files that conf.d names."""
