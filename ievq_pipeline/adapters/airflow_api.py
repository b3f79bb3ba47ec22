"""Airflow over its REST API: woken by asset events, asked, and told what to run. Needs no Airflow here."""

from collections.abc import Mapping
from typing import Any

import requests

from ievq_pipeline.domain.errors import Conflict, OutsideMissing

#: the assets' names; `orchestration/assets.py` makes Airflow's objects of them
SUBMISSIONS = "ievq://submissions"
QUARTERS = "ievq://quarters"
TIMEOUT_SECONDS = 15


class AirflowApi:
    """One account at one Airflow. An event only wakes: what is to be done stands in our rows."""

    def __init__(self, url: str, username: str, password: str) -> None:
        self._url = url.rstrip("/")
        self._account = {"username": username, "password": password}
        self._asset_ids: dict[str, int] = {}
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy for the world outside knows nothing of our Airflow

    def wake(self, asset: str, partition_key: str | None = None) -> None:
        """Tell Airflow that `asset` changed. Raises OutsideMissing when it can't be told; trying again is harmless."""
        event = {"asset_id": self._asset_id(asset), "partition_key": partition_key}
        answer = self._ask("POST", "/api/v2/assets/events", json=event)
        if answer.status_code == requests.codes.not_found:  # Airflow's database was made anew: other ids
            self._asset_ids.clear()
            event["asset_id"] = self._asset_id(asset)
            answer = self._ask("POST", "/api/v2/assets/events", json=event)
        _good(answer)

    def get(self, path: str, **parameters: str | int) -> dict[str, Any]:
        """What Airflow answers below `/api/v2`. Raises OutsideMissing when it does not."""
        return dict(_good(self._ask("GET", f"/api/v2{path}", params=parameters)).json())

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """What Airflow answers to `body`. Raises Conflict where it says that, OutsideMissing for all else."""
        answer = self._ask("POST", f"/api/v2{path}", json=body)
        if answer.status_code == requests.codes.conflict:
            raise Conflict(f"Airflow answers: {answer.json().get('detail')}")
        return dict(_good(answer).json())

    def _asset_id(self, asset: str) -> int:
        if asset not in self._asset_ids:
            # the pattern is LIKE's, and Airflow writes our addresses with a slash at the end: compare the names
            found = self.get("/assets", name_pattern=asset)["assets"]
            ids = {item["name"]: int(item["id"]) for item in found}
            if asset not in ids:
                raise OutsideMissing(f"Airflow does not know the asset {asset}; has it read the DAGs yet?")
            self._asset_ids[asset] = ids[asset]
        return self._asset_ids[asset]

    def _ask(self, method: str, path: str, **arguments: Any) -> requests.Response:
        """Log in when first asked, and again when the token has run out."""
        try:
            if "Authorization" not in self._session.headers:
                self._log_in()
            answer = self._send(method, path, **arguments)
            if answer.status_code == requests.codes.unauthorized:
                self._log_in()
                answer = self._send(method, path, **arguments)
        except requests.RequestException as error:
            raise OutsideMissing(f"Airflow at {self._url} does not answer: {error}") from error
        return answer

    def _log_in(self) -> None:
        self._session.headers.pop("Authorization", None)
        token = _good(self._send("POST", "/auth/token", json=self._account)).json()["access_token"]
        self._session.headers["Authorization"] = f"Bearer {token}"

    def _send(self, method: str, path: str, **arguments: Any) -> requests.Response:
        return self._session.request(method, self._url + path, timeout=TIMEOUT_SECONDS, **arguments)


def _good(answer: requests.Response) -> requests.Response:
    if not answer.ok:
        raise OutsideMissing(f"Airflow answers {answer.status_code} to {answer.request.path_url}: {answer.text[:300]}")
    return answer
