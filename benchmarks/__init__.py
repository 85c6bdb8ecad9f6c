"""Figures to compare: `make bench` runs every module here that has a `measure` function."""
