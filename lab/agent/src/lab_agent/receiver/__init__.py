"""The trace receiver: ddapm-test-agent behind sockets that are open long before it is loaded."""
