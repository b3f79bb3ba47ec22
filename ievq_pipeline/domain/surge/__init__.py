"""The surge detector: a panel goes in, one look per quarter comes out.

`totals/` is for sources that know no reporters, `matched/` for panels of reporters; what they share stands beside this
file. Nothing is exported here: whoever only words an alert should not wait for scipy.
"""
