"""Region codes: which of them are places."""

#: values, of any scheme, for demand whose place is not known, and for posts that have none
NO_PLACES = frozenset({"unknown", "remote"})


def is_place(code: str) -> bool:
    """Whether a region, such as `350200` or `us-state:CA`, is one on the map; what is not makes no regional series."""
    return code.rpartition(":")[2].strip().casefold() not in NO_PLACES | {""}
