"""Everything that touches Krita's documents: reading for a job, writing its result. Main thread."""
