"""`ievq demo`: the main job on real data, from nothing, through every process of the stack."""
