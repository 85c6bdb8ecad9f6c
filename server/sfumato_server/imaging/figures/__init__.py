"""What is measured of every pass, by name."""
