"""A list with what was learnt beside it."""

from ievq_pipeline.domain.learning import Learnt
from ievq_pipeline.domain.skill import Family, Skill, Skills
from ievq_pipeline.domain.text import Text

LISTED = Skills(
    "3",
    (Skill("go", Text("Go语言", "Go"), "f", None, ("golang",)), Skill("rust", Text("Rust", "Rust"), "f")),
    {"f": Family("f", Text("类", "kind"))},
)


def test_what_was_learnt_is_known_under_a_version_of_its_own_and_the_list_goes_before() -> None:
    learnt = Learnt((("地鼠语言", "go"), ("GOLANG", "rust"), ("铁锈", "rust"), ("鐵鏽 ", "gone")), ("吃苦耐劳",), 17)
    taught = learnt.taught(LISTED)
    assert taught.version == "3.17"
    assert [taught.named(one).code for one in ("地鼠语言", "golang", "铁锈")] == ["go", "go", "rust"]
    assert taught.find("鐵鏽") is None, "its code is no longer in the list"
    assert taught.settled == {"吃苦耐劳"}
    assert LISTED.find("地鼠语言") is None


def test_one_wording_twice_is_the_later_and_nothing_learnt_changes_nothing() -> None:
    assert Learnt((("Foo", "go"), ("foo", "rust")), (), 1).taught(LISTED).named("FOO").code == "rust"
    assert Learnt().taught(LISTED) is LISTED
