"""How the lists under data/codes were made from their sources: one program a list, run by hand, never in CI.

`data/codes/README.md` names the sources; each program says what it wants as arguments. What a version says never
changes: whoever runs one of these counts the version in lists.csv up.
"""
