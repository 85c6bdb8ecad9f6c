"""From a selection to masks: its signed distance, the zones drawn from it, what a mask is like."""
