"""Masks, colour and compositing on numpy arrays; knows nothing of jobs, engines or sockets."""
