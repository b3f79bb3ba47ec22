"""What the holder of a key may do."""

from enum import StrEnum


class Role(StrEnum):
    SUBMITTER = "submitter"  #: hands in for its feeds, and reads the answers
    AUTHORITY = "authority"  #: reads every submission and all observations
    ENGINEER = "engineer"  #: reads the same, to keep it running

    @property
    def reads_everything(self) -> bool:
        """Whether it may read what others have handed in."""
        return self is not Role.SUBMITTER
