"""How a row of a file becomes an observation: every code with its scheme, so that it means the same in every feed."""

from ievq_pipeline.domain.contracts.model import NOT_STATED, Field
from ievq_pipeline.domain.region import is_place

#: what stands where a feed does not state the region
UNKNOWN_REGION = "unknown"


def with_scheme(code: str, column: Field) -> str:
    """`scheme:value` of a code of that column; a bare one is of the column's own scheme."""
    if ":" in code or not is_place(code) or column.scheme in (None, NOT_STATED):
        return code
    return f"{column.scheme}:{code}"
