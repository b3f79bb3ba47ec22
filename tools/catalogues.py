"""Brings the catalogues in `ievq_pipeline/locale/` up to date: `python -m tools.catalogues`, or `make catalogues`.

Every text that the code and the templates ask for gets an entry in both languages. The English one is the text itself;
the Chinese one stays empty until somebody writes it, and a test fails as long as it is.
"""

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from ievq_pipeline.adapters.catalogues import DOMAIN, LOCALES

PACKAGE = Path(__file__).parents[1] / "ievq_pipeline"
METHODS = [("**.py", "python"), ("web/templates/**.html", "jinja2.ext:babel_extract")]
#: the functions that ask for a text; of the second the first two arguments are the text in singular and plural
ASKING: dict[str, tuple[int, ...] | None] = {"gettext": None, "ngettext": (1, 2), "_": None}


def extracted() -> Catalog:
    """Every text that is asked for, with where it is."""
    found = Catalog(project="ievq-pipeline")
    for path, line, text, comments, context in extract_from_dir(PACKAGE, METHODS, keywords=ASKING):
        found.add(text, locations=[(f"ievq_pipeline/{path}", line)], auto_comments=comments, context=context)
    return found


def kept(locale: str) -> Catalog:
    """The catalogue as it is on disk."""
    with path_of(locale).open("rb") as file:
        return read_po(file, locale=locale, domain=DOMAIN)


def path_of(locale: str) -> Path:
    return PACKAGE / "locale" / locale / "LC_MESSAGES" / f"{DOMAIN}.po"


def brought_up_to_date(locale: str, asked_for: Catalog) -> Catalog:
    """The catalogue with an entry for every text, and none for texts that nobody asks for any more."""
    old = kept(locale) if path_of(locale).exists() else Catalog(locale=locale)
    made = Catalog(locale=locale, domain=DOMAIN, project="ievq-pipeline", fuzzy=False, header_comment="")
    for message in asked_for:
        if not message.id:
            continue
        before = old.get(message.id)
        text = before.string if before is not None else ""
        if locale == LOCALES["en"]:
            text = message.id
        # without line numbers: an edit elsewhere in a file is no change of a catalogue
        made.add(message.id, text, locations=[(path, 0) for path in sorted({path for path, _ in message.locations})])
    return made


def written(catalog: Catalog) -> bytes:
    """The file, with no more of a header than is needed: the history knows who and when."""
    body = io.BytesIO()
    write_po(body, catalog, sort_output=True, omit_header=True, width=118, include_lineno=False)
    header = (
        f'msgid ""\nmsgstr ""\n"Language: {catalog.locale_identifier}\\n"\n'
        f'"Plural-Forms: {catalog.plural_forms}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    )
    return header.encode() + body.getvalue()


def texts(string: object) -> tuple[str, ...]:
    """The text of an entry, or its texts by number."""
    return tuple(map(str, string)) if isinstance(string, tuple | list) else (str(string or ""),)


def main() -> None:
    asked_for = extracted()
    for locale in LOCALES.values():
        made = brought_up_to_date(locale, asked_for)
        path_of(locale).parent.mkdir(parents=True, exist_ok=True)
        path_of(locale).write_bytes(written(made))
        empty = [message.id for message in made if message.id and not all(texts(message.string))]
        print(f"{locale}: {len(made)} texts, {len(empty)} without a translation")


if __name__ == "__main__":
    main()
