"""Runs the real Krita for tests and benchmarks: its own display, its own home, its own deadline."""
