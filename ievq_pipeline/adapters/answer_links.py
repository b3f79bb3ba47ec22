"""Links by which a browser, which shows no key, reaches the answer to one submission; good for some days."""

from uuid import UUID

from ievq_pipeline.adapters.secret_box import SecretBox
from ievq_pipeline.domain.errors import Denied

#: how long a link is good for
SECONDS = 7 * 86_400
PURPOSE = "answer"


def token(box: SecretBox, submission_id: str, key_id: UUID) -> str:
    """What a link carries: it opens this submission's answer for as long as the key stands, and nothing else."""
    return box.seal(f"{PURPOSE} {submission_id.lower()} {key_id}").decode()


def key_of(box: SecretBox, given: str, submission_id: str) -> UUID:
    """The key that the link was made for. Raises Denied for one that is too old, or leads elsewhere."""
    purpose, _, rest = (box.open_within(given, SECONDS) or "").partition(" ")
    opens, _, key_id = rest.partition(" ")
    if purpose != PURPOSE or opens != submission_id.lower():
        raise Denied
    return UUID(key_id)
