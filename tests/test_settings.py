"""Settings: unknown names refused with the nearest, wrong values named, secrets never shown."""

from pathlib import Path

import pytest

from ievq_pipeline import settings
from ievq_pipeline.domain.errors import BadSettings


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # where no developer's .env lies


def test_without_anything_set_the_defaults_hold(tmp_path: Path) -> None:
    read = settings.load()
    assert read.data_dir == tmp_path / "var"
    assert (read.database_url, read.web_host, read.upload_cap_mb) == (None, "127.0.0.1", 256)


@pytest.mark.parametrize(
    ("wrong", "near"),
    [("IEVQ_DATBASE_URL", "IEVQ_DATABASE_URL"), ("IEVQ_EGRES_ALLOW", "IEVQ_EGRESS_ALLOW"), ("IEVQ_", "IEVQ_")],
)
def test_an_unknown_name_is_refused_with_the_nearest_one(
    wrong: str, near: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(wrong, "x")
    with pytest.raises(BadSettings, match=f"{wrong} is not a setting; did you mean {near}"):
        settings.load()


def test_an_unknown_name_in_the_env_file_is_refused_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("OTHER=1\nIEVQ_WEB_PROT=80\n")
    with pytest.raises(BadSettings, match="IEVQ_WEB_PROT is not a setting; did you mean IEVQ_WEB_PORT"):
        settings.load()


def test_the_environment_goes_before_the_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("IEVQ_WEB_PORT=81\nIEVQ_WEB_HOST=127.0.0.9\n")
    monkeypatch.setenv("IEVQ_WEB_PORT", "82")
    read = settings.load()
    assert (read.web_port, read.web_host) == (82, "127.0.0.9")
    origin = {row["name"]: row["origin"] for row in settings.origins(read)}
    assert (origin["IEVQ_WEB_PORT"], origin["IEVQ_WEB_HOST"]) == ("environment", ".env")
    assert origin["IEVQ_DATA_DIR"] == "default"


@pytest.mark.parametrize(
    ("host", "port", "address"),
    [
        ("127.0.0.1", 8000, "http://127.0.0.1:8000"),
        ("0.0.0.0", 8000, "http://127.0.0.1:8000"),
        ("::", 8000, "http://[::1]:8000"),
        ("fd00::7", 8000, "http://[fd00::7]:8000"),
        ("127.0.0.1", 0, "http://127.0.0.1:8080"),
    ],
)
def test_where_no_public_address_is_set_it_is_where_the_web_app_listens(host: str, port: int, address: str) -> None:
    served = settings.load().serving(host, port)
    assert (served.web_host, served.web_port, served.public_url) == (host, port, address)


def test_a_public_address_that_is_set_stays_wherever_the_web_app_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IEVQ_PUBLIC_URL", "https://ievq.example/")
    assert settings.load().serving("127.0.0.1", 8000).public_url == "https://ievq.example"


@pytest.mark.parametrize(
    "entry",
    [
        "10.0.0.0/8:443", "ftp://10.0.0.0/8:21", "https://10.0.0.0/8", "https://10.0.0.0/8:", "https://10.0.0.0/8:https",
        "https://10.0.0.0/8:99999", "https://10.0.0.0/8:0", "https://10.0.0.1/8:443", "https://inner.example:443",
        "https://10.0.0.0/99:443", "http://127.0.0.1/32:80,nonsense",
    ],
)  # fmt: skip
def test_an_entry_of_the_allow_list_that_cannot_be_read_is_refused(entry: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IEVQ_EGRESS_ALLOW", entry)
    with pytest.raises(BadSettings, match="IEVQ_EGRESS_ALLOW: "):
        settings.load()


@pytest.mark.parametrize("entry", ["", "http://127.0.0.1/32:80", " https://10.0.0.0/8:8443 , http://[fd00::/8]:80,"])
def test_a_good_allow_list_is_read(entry: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IEVQ_EGRESS_ALLOW", entry)
    assert settings.load().egress_allow == entry


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("IEVQ_WEB_PORT", "http"), ("IEVQ_WEB_PORT", "70000"), ("IEVQ_WEB_PORT", "-1"), ("IEVQ_AIRFLOW_PORT", "99999"),
        ("IEVQ_UPLOAD_CAP_MB", "0"), ("IEVQ_LOG_LEVEL", "LOUD"), ("IEVQ_LOG_FORMAT", "xml"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_by_its_variable(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings, match=f"{name}: "):
        settings.load()


def test_levels_are_read_in_small_letters_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IEVQ_LOG_LEVEL", "debug")
    assert settings.load().log_level == "DEBUG"


@pytest.mark.parametrize(
    "url", ["mail.example.org", "http://mail.example.org", "smtp://", "smtp://h:0", "smtp://h:99999", "smtp://me:hush@"]
)
def test_what_is_no_mail_server_is_refused_without_its_password(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IEVQ_SMTP_URL", url)
    monkeypatch.setenv("IEVQ_MAIL_FROM", "c@ievq.example")
    with pytest.raises(BadSettings, match="IEVQ_SMTP_URL: ") as refused:
        settings.load()
    assert "hush" not in str(refused.value)


def test_mail_needs_a_sender_and_a_sender_is_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IEVQ_SMTP_URL", "smtp://me:hush@mail.example.org:587")
    with pytest.raises(BadSettings, match="needs IEVQ_MAIL_FROM"):
        settings.load()
    monkeypatch.setenv("IEVQ_MAIL_FROM", "nobody")
    with pytest.raises(BadSettings, match="IEVQ_MAIL_FROM: "):
        settings.load()
    monkeypatch.setenv("IEVQ_MAIL_FROM", "c@ievq.example")
    assert settings.load().mail_from == "c@ievq.example"


@pytest.mark.parametrize("roots", ["/srv/inbox", "file:///", "file:///srv,ftp://host/x", "s3://bucket/*"])
def test_a_root_of_watched_folders_that_cannot_be_read_is_refused(roots: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IEVQ_WATCH_ROOTS", roots)
    with pytest.raises(BadSettings, match="IEVQ_WATCH_ROOTS: "):
        settings.load()


def test_the_password_of_the_mail_server_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IEVQ_SMTP_URL", "smtp://me:hush@mail.example.org:587")
    monkeypatch.setenv("IEVQ_MAIL_FROM", "c@ievq.example")
    monkeypatch.setenv("IEVQ_WATCH_ROOTS", "file:///srv/inbox, s3://bucket")
    read = settings.load()
    assert "hush" not in repr(read) + str(settings.origins(read))


def test_no_secret_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SECRET_KEY", "AIRFLOW_PASSWORD"):
        monkeypatch.setenv(f"IEVQ_{name}", "hush")
    for name in ("DATABASE_URL", "AIRFLOW_DATABASE_URL"):
        monkeypatch.setenv(f"IEVQ_{name}", "postgresql://me:hush@db/ievq")
    read = settings.load()
    shown = settings.origins(read)
    assert "hush" not in str(shown) + repr(read.secret_key) + repr(read.airflow_password)
    hidden = {row["name"] for row in shown if set(row["value"]) == {"*"}}
    assert hidden == {"IEVQ_SECRET_KEY", "IEVQ_AIRFLOW_PASSWORD", "IEVQ_DATABASE_URL", "IEVQ_AIRFLOW_DATABASE_URL"}


def test_every_setting_says_what_it_means() -> None:
    assert all(row["meaning"] for row in settings.origins(settings.load()))
