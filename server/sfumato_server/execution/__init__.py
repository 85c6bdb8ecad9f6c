"""Running a ladder: the parent of an engine's process, that process, and the passes in it."""
