"""Waking Airflow: logged in once, again when the token is gone, and every trouble is one to try again later."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from ievq_pipeline.adapters.airflow_api import QUARTERS, SUBMISSIONS, AirflowApi
from ievq_pipeline.domain.errors import OutsideMissing


class FakeAirflow(ThreadingHTTPServer):
    """Answers as Airflow 3.3 does; notes the events, and how often somebody logged in."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.assets = {SUBMISSIONS: 7, SUBMISSIONS + "-of-others": 8, QUARTERS: 9}
        self.token = "first"
        self.events: list[dict[str, Any]] = []
        self.logins = 0
        self.is_broken = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answer(BaseHTTPRequestHandler):
    server: FakeAirflow

    def do_GET(self) -> None:
        named = [{"id": number, "name": name, "uri": name + "/"} for name, number in self.server.assets.items()]
        self._answer(200, {"assets": named}) if self._is_known() else self._answer(401, {})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/auth/token":
            self.server.logins += 1
            is_right = body == {"username": "ievq", "password": "right"}
            self._answer(201 if is_right else 401, {"access_token": self.server.token})
        elif not self._is_known():
            self._answer(401, {})
        elif self.server.is_broken:
            self._answer(500, {"detail": "no database"})
        elif body["asset_id"] not in self.server.assets.values():
            self._answer(404, {})
        else:
            self.server.events.append(body)
            self._answer(200, {})

    def _is_known(self) -> bool:
        return self.headers["Authorization"] == f"Bearer {self.server.token}"

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def airflow() -> Iterator[FakeAirflow]:
    with FakeAirflow() as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def api(airflow: FakeAirflow) -> AirflowApi:
    return AirflowApi(airflow.url + "/", "ievq", "right")


def test_an_event_goes_to_the_asset_of_exactly_that_name(airflow: FakeAirflow, api: AirflowApi) -> None:
    api.wake(SUBMISSIONS)
    api.wake(QUARTERS, "2020-Q2")
    assert airflow.events == [
        {"asset_id": 7, "partition_key": None},
        {"asset_id": 9, "partition_key": "2020-Q2"},
    ]
    assert airflow.logins == 1


def test_a_token_that_ran_out_is_replaced(airflow: FakeAirflow, api: AirflowApi) -> None:
    api.wake(SUBMISSIONS)
    airflow.token = "second"
    api.wake(SUBMISSIONS)
    assert (len(airflow.events), airflow.logins) == (2, 2)


def test_an_asset_that_got_another_number_is_found_again(airflow: FakeAirflow, api: AirflowApi) -> None:
    api.wake(SUBMISSIONS)
    airflow.assets[SUBMISSIONS] = 70
    api.wake(SUBMISSIONS)
    assert [event["asset_id"] for event in airflow.events] == [7, 70]


def test_a_wrong_password_is_told(airflow: FakeAirflow) -> None:
    with pytest.raises(OutsideMissing, match="401 to /auth/token"):
        AirflowApi(airflow.url, "ievq", "wrong").wake(SUBMISSIONS)


def test_an_asset_not_read_yet_is_told(airflow: FakeAirflow, api: AirflowApi) -> None:
    airflow.assets.clear()
    with pytest.raises(OutsideMissing, match="does not know the asset"):
        api.wake(SUBMISSIONS)


def test_an_error_of_airflow_is_told(airflow: FakeAirflow, api: AirflowApi) -> None:
    airflow.is_broken = True
    with pytest.raises(OutsideMissing, match=r"500.*no database"):
        api.wake(SUBMISSIONS)


def test_an_airflow_that_is_down_is_told_as_worth_trying_again() -> None:
    with pytest.raises(OutsideMissing, match="does not answer") as told:
        AirflowApi("http://127.0.0.1:9", "ievq", "right").wake(SUBMISSIONS)
    assert told.value.is_retryable


def test_a_proxy_of_the_environment_is_not_asked(
    airflow: FakeAirflow, api: AirflowApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    api.wake(SUBMISSIONS)
    assert len(airflow.events) == 1
