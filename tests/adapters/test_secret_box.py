"""Secrets at rest: sealed by the newest key, opened by any, and never in the clear."""

import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from ievq_pipeline.adapters.secret_box import SecretBox
from ievq_pipeline.domain.errors import BadSettings

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_what_is_sealed_shows_nothing_and_opens_again() -> None:
    box = SecretBox(NEW)
    assert b"whsec" not in box.seal("whsec_密钥")
    assert box.open(box.seal("whsec_密钥")) == "whsec_密钥"


def test_after_a_change_of_keys_the_older_still_opens_and_the_newer_seals() -> None:
    sealed = SecretBox(OLD).seal("x")
    both = SecretBox(f"{NEW}, {OLD}")
    assert both.open(sealed) == "x"
    assert SecretBox(NEW).open(both.seal("y")) == "y"


def test_without_the_older_key_it_says_what_to_do() -> None:
    with pytest.raises(BadSettings, match="older key"):
        SecretBox(NEW).open(SecretBox(OLD).seal("x"))


@pytest.mark.parametrize(
    "keys",
    ["", " , ", "short", "密钥", f"{NEW},short"],
    ids=["none", "blanks", "short", "no base64", "one and a short one"],
)
def test_what_is_no_key_is_refused_without_repeating_it(keys: str) -> None:
    with pytest.raises(BadSettings) as refused:
        SecretBox(keys)
    assert "short" not in str(refused.value)


def test_a_key_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    place = tmp_path / "var"
    sealed = SecretBox.of(None, place).seal("x")
    assert SecretBox.of(None, place).open(sealed) == "x"
    assert stat.S_IMODE((place / "secret_key").stat().st_mode) == 0o600


def test_a_key_given_makes_no_file(tmp_path: Path) -> None:
    SecretBox.of(NEW, tmp_path)
    assert list(tmp_path.iterdir()) == []
