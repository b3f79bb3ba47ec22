"""The words of answers in each language: Babel catalogues, compiled when they are first asked for."""

import io
from functools import cache
from importlib.resources import files

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

DOMAIN = "answers"
#: the folder of each of our languages
LOCALES = {"zh": "zh_CN", "en": "en"}
#: words in one language: `gettext(text)`, `ngettext(one, many, n)`
Catalogue = Translations


@cache
def catalogue(language: str) -> Catalogue:
    """The catalogue of `zh` or `en`; Chinese for any other."""
    locale = LOCALES.get(language, LOCALES["zh"])
    path = files("ievq_pipeline") / "locale" / locale / "LC_MESSAGES" / f"{DOMAIN}.po"
    with path.open("rb") as file:
        read = read_po(file, locale=locale, domain=DOMAIN)
    compiled = io.BytesIO()
    write_mo(compiled, read)
    compiled.seek(0)
    return Translations(compiled, domain=DOMAIN)
