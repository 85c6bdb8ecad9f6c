"""Jobs: their order and states, and what of them is on disk until a client has it."""
