"""A text in both languages."""

from ievq_pipeline.domain.text import Text


def test_both_languages_take_the_same_values() -> None:
    text = Text("共{count}行", "{count} rows").format(count=3)
    assert text.as_json() == {"zh": "共3行", "en": "3 rows"}
    assert (text["zh"], text["en"]) == ("共3行", "3 rows")


def test_braces_in_a_value_stay_as_they_are() -> None:
    assert Text("“{value}”", "“{value}”").format(value="{0} {x} }{").en == "“{0} {x} }{”"
