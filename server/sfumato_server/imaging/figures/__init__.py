"""What is measured of every pass, one figure a file."""
