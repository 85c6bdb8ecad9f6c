"""The socket: who may open it, one conversation each, what waits to be said to a client."""
