"""The test for panels of reporters: each is held against its own past, so joiners and leavers look like nothing."""
