"""Engines: one module per family, and what they have in common."""
