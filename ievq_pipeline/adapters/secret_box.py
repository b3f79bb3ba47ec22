"""Secrets at rest: encrypted with the keys of IEVQ_SECRET_KEY, or one made in the data directory."""

from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from ievq_pipeline.adapters.private_files import write_private
from ievq_pipeline.domain.errors import BadSettings


class SecretBox:
    """Seals and opens; the newest key seals, all of them open."""

    def __init__(self, keys: str) -> None:
        try:
            self._fernet = MultiFernet([Fernet(key.strip()) for key in keys.split(",") if key.strip()])
        except ValueError as error:
            raise BadSettings("IEVQ_SECRET_KEY is not one or more Fernet keys, separated by commas.") from error

    @classmethod
    def of(cls, keys: str | None, directory: Path) -> "SecretBox":
        """With the keys given, else with the one kept in `directory`, made at first."""
        if keys:
            return cls(keys)
        path = directory / "secret_key"
        if not path.exists():
            directory.mkdir(parents=True, exist_ok=True)
            write_private(path, Fernet.generate_key().decode(), is_replacing=False)
        return cls(path.read_text())

    def seal(self, secret: str) -> bytes:
        return self._fernet.encrypt(secret.encode())

    def open_within(self, sealed: str, seconds: int) -> str | None:
        """What was sealed no longer ago than that; None where it was, or where it is not ours."""
        try:
            return self._fernet.decrypt(sealed.encode(), ttl=seconds).decode()
        except InvalidToken:
            return None

    def open(self, sealed: bytes) -> str:
        """Raises BadSettings when no key fits."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as error:
            raise BadSettings(
                "IEVQ_SECRET_KEY does not open what is stored; add the older key after a comma."
            ) from error
