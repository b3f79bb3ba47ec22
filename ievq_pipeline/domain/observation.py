"""How a row of a file becomes an observation: every code with its scheme, so that it means the same in every feed."""

from ievq_pipeline.domain.contracts.model import NOT_STATED, Field

#: regions that are no place, whatever the scheme: they count for the skill, and are never a region series
NO_PLACE = ("unknown", "remote")
UNKNOWN_REGION = NO_PLACE[0]


def with_scheme(code: str, column: Field) -> str:
    """`scheme:value` of a code of that column; a bare one is of the column's own scheme."""
    if ":" in code or code in NO_PLACE or column.scheme in (None, NOT_STATED):
        return code
    return f"{column.scheme}:{code}"


def is_place(region: str) -> bool:
    """Whether a region can be a series of its own."""
    return region.partition(":")[2] not in NO_PLACE and region not in NO_PLACE
