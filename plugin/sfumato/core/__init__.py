"""What the plugin knows without Krita and without Qt: requests, jobs, layer plans, sentences."""
