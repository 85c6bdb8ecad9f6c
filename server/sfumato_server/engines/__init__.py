"""Engines: a package for each family, and what they have in common."""
