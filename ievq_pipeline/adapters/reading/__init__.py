"""Bytes of a file that an office sends → rows of text under the contract's columns, and where each cell stood."""
