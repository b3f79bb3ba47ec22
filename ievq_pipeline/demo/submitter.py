"""The demo's submitter: hands in by HTTP and waits for the answer, as a program of an association would."""

import time
from typing import Any

import requests

from ievq_pipeline.domain.errors import OutsideMissing

ANSWER_SECONDS = 120.0


class Submitter:
    """One key, one feed."""

    def __init__(self, url: str, key: str, feed: str) -> None:
        self._url = url
        self._feed = feed
        self._http = requests.Session()
        self._http.trust_env = False  # a proxy for the world outside knows nothing of 127.0.0.1
        self._http.headers["Authorization"] = f"Bearer {key}"

    def hand_in(self, quarter: str, name: str, content: bytes) -> str:
        """Returns the submission's id."""
        form = {"feed": self._feed, "quarter": quarter}
        answer = self._http.post(
            f"{self._url}/v1/submissions", data=form, files={"file": (name, content, "text/csv")}, timeout=30
        )
        return str(_good(answer)["submission_id"])

    def confirm(self, submission_id: str, words: list[dict[str, str]]) -> None:
        """Say why what is unusual is as it should be."""
        address = f"{self._url}/v1/submissions/{submission_id}/confirmation"
        _good(self._http.post(address, json=words, timeout=30))

    def findings(self, submission_id: str, limit: int = 1_000) -> dict[str, Any]:
        """The first of what is wrong in a submission."""
        address = f"{self._url}/v1/submissions/{submission_id}/findings"
        return _good(self._http.get(address, params={"limit": limit}, timeout=30))

    def wait_for(self, submission_id: str, *, is_in_force: bool = False) -> dict[str, Any]:
        """The answer, once there is a verdict; with `is_in_force` once the rows count. Raises OutsideMissing."""
        deadline = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < deadline:
            told = _good(self._http.get(f"{self._url}/v1/submissions/{submission_id}", timeout=30))
            if told["verdict"] and (not is_in_force or told["state"] in ("in_force", "rejected", "superseded")):
                return told
            time.sleep(0.1)
        raise OutsideMissing(f"Submission {submission_id} was not handled within {ANSWER_SECONDS:.0f} s.")


def _good(answer: requests.Response) -> dict[str, Any]:
    if not answer.ok:
        raise OutsideMissing(f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text[:300]}")
    return dict(answer.json())
