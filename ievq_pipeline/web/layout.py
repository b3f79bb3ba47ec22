"""What every page shares: templates, stylesheet, security policy, languages, and the way between the pages.

Links are relative, so the pages work under any path; `public_url` only names things. No script, no inline style:
the pages stand under CONTENT_SECURITY_POLICY.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined

from ievq_pipeline.web import figures, wording
from ievq_pipeline.web.alert_feeds import ATOM_PATH, ATOM_TYPE, JSON_PATH, JSON_TYPE
from ievq_pipeline.web.wording import WORDS

#: where the app serves what `stylesheet()` returns
STYLESHEET_PATH = "static/portal.css"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Vary": "Accept-Language",
}
#: the pages that every page leads to: what they are called, and where they are below the root
PLACES = (("alerts", ""), ("quarters", "quarters"))


@cache
def stylesheet() -> str:
    return (files("ievq_pipeline.web") / STYLESHEET_PATH).read_text("utf-8")


@cache
def _environment() -> Environment:
    loader = PackageLoader("ievq_pipeline.web")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def render(
    template: str,
    language: str,
    *,
    root: str,
    place: str,
    public_url: str,
    generated_at: datetime,
    asked: Mapping[str, str] | None = None,
    **values: Any,
) -> str:
    """The page. `root` leads up to the root, `place` is the one of PLACES that it belongs to, `asked` its query."""
    return (
        _environment()
        .get_template(template)
        .render(
            w=wording.words(language),
            language=language,
            tag=wording.TAGS[language],
            other=wording.other(language),
            other_tag=wording.TAGS[wording.other(language)],
            elsewhere=f"?{urlencode({**(asked or {}), 'lang': wording.other(language)})}",
            places=[
                {"title": WORDS[name][language], "path": f"{root}{path}" or "./", "is_here": name == place}
                for name, path in PLACES
            ],
            root=root,
            stylesheet=f"{STYLESHEET_PATH}?v={sha256(stylesheet().encode()).hexdigest()[:12]}",
            public_url=public_url.rstrip("/"),
            generated=WORDS["generated"][language].format(time=figures.minute(generated_at, language)),
            feeds={"json": (JSON_PATH, JSON_TYPE), "atom": (ATOM_PATH, ATOM_TYPE)},
            **values,
        )
    )
