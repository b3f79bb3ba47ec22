"""A text that a person reads, in both languages."""

from dataclasses import dataclass

LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence or label in Chinese and English; may hold `{name}` places for `format`."""

    zh: str
    en: str

    def format(self, **values: object) -> "Text":
        return Text(self.zh.format(**values), self.en.format(**values))

    def as_json(self) -> dict[str, str]:
        return {"zh": self.zh, "en": self.en}

    def __getitem__(self, language: str) -> str:
        return self.zh if language == "zh" else self.en
