"""What happens: one file, one verb; load, decide, save, in short transactions."""
