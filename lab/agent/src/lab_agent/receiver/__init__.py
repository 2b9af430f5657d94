"""The trace receiver: ddapm-test-agent behind sockets that are held open long before it is loaded."""
