"""`ievq wordings …`: names that no list knows, and what is decided of them."""

import getpass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ievq_pipeline.cli.output import Json, document, group, language, listing, outcome, said
from ievq_pipeline.domain.learning import Decided, State
from ievq_pipeline.domain.text import Text

if TYPE_CHECKING:
    from ievq_pipeline.bootstrap import House

wordings = group("wordings", "Names that no list knows, and what is decided of them.")
COLUMNS = ("id", "list", "wording", "state", "submissions", "reporters", "openings", "nearest", "decided")
Wording = Annotated[str, typer.Argument(help="Its number, or the wording itself.")]
Note = Annotated[str, typer.Option(help="Why; kept with the decision.")]
ListName = Annotated[str, typer.Option("--list", help="Only this list, such as skills.")]

ASK = Text(
    "1–5 采纳建议，输入代码亦可；n 新技能；i 不是技能；s 跳过；q 结束",
    "1-5 takes a suggestion, and so does a code; n new skill; i no skill; s skip; q quit",
)
NOT_UNDERSTOOD = Text("没有这个选项或代码：{answer}", "neither a choice nor a code of the list: {answer}")
SHOWN = Text(
    "\n[{id}] {wording}（{list}）：{submissions} 份报送，{reporters} 家单位，{openings} 人",
    "\n[{id}] {wording} ({list}): {submissions} submissions, {reporters} reporters, {openings} openings",
)
SEEN = Text("  {feed} {quarter}：{rows} 行；同行还有 {beside}", "  {feed} {quarter}: {rows} rows; beside it {beside}")
NONE_NEAR = Text("  没有相近的名称", "  nothing listed is near")


@wordings.command("list")
def list_wordings(
    state: Annotated[State | None, typer.Option(help="Only those that wait, or that are decided.")] = None,
    of: ListName = "",
    is_json: Json = False,
) -> None:
    """The queue, in the order in which wordings were first seen."""
    from ievq_pipeline.bootstrap import open_house

    with open_house() as house:
        rows = house.wordings(state=state, code_list=of or None)
    listing(rows if is_json else map(_line, rows), COLUMNS, is_json=is_json)


@wordings.command("show")
def show(wording: Wording, is_json: Json = False) -> None:
    """One wording: where it is named, beside what, what it may mean, and every decision."""
    from ievq_pipeline.bootstrap import open_house

    with open_house() as house:
        told = house.wording(wording)
    document(told) if is_json else _tell(told)


@wordings.command("decide")
def decide(
    wording: Wording,
    alias: Annotated[str, typer.Option(help="It is another name of the listed skill with this code.")] = "",
    new: Annotated[bool, typer.Option("--new", help="It is a skill of its own.")] = False,
    ignore: Annotated[bool, typer.Option("--ignore", help="It names no skill.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the decision back.")] = False,
    note: Note = "",
    is_json: Json = False,
) -> None:
    """Decide on a wording; it holds from now on and backwards, and earlier vintages stay as they were."""
    from ievq_pipeline.bootstrap import open_house

    chosen = [
        what
        for what, is_chosen in {
            Decided.ALIAS: bool(alias),
            Decided.NEW: new,
            Decided.IGNORE: ignore,
            Decided.UNDO: undo,
        }.items()
        if is_chosen
    ]
    if len(chosen) != 1:
        raise typer.BadParameter("say one of --alias CODE, --new, --ignore and --undo")
    with open_house() as house:
        told = _decide(house, wording, chosen[0], alias or None, note)
    outcome(told, f"{told['wording']}: {_last(told)}", is_json=is_json)


@wordings.command("review")
def review(of: ListName = "", note: Note = "") -> None:
    """Go through those that wait, one by one, and ask; `ievq wordings decide` does it without asking."""
    from ievq_pipeline.bootstrap import open_house

    with open_house() as house:
        waiting = house.wordings(state=State.PENDING, code_list=of or None)
        waiting.sort(key=lambda row: (-row["openings"], -row["submissions"], row["id"]))
        decided = 0
        for row in waiting:
            told = house.wording(str(row["id"]))
            if told["state"] != State.PENDING:
                continue  # an earlier decision has settled it
            _tell(told)
            answer = _asked(house, told, note)
            if answer is None:
                break
            decided += answer
        left = len(house.wordings(state=State.PENDING, code_list=of or None))
    said(f"{decided} decided, {left} left")


@wordings.command("settle")
def settle(is_json: Json = False) -> None:
    """Decide by themselves those that the lists know by now, as after a new version of a list."""
    from ievq_pipeline.bootstrap import open_house

    with open_house() as house:
        settled = house.settle()
    outcome({"settled": settled}, f"{len(settled)} settled", is_json=is_json)


def _asked(house: "House", told: dict[str, Any], note: str) -> int | None:
    """Ask until it is decided (1), skipped (0), or enough (None)."""
    from ievq_pipeline.domain.errors import UnknownSkill

    codes = [one["code"] for one in told["suggestions"]]
    while True:
        answer = typer.prompt(ASK[language()], default="s").strip()
        if answer in ("s", "q"):
            return 0 if answer == "s" else None
        simple = {"n": Decided.NEW, "i": Decided.IGNORE}.get(answer)
        is_number = answer.isascii() and answer.isdigit()
        code = codes[int(answer) - 1] if is_number and 0 < int(answer) <= len(codes) else answer
        try:
            _decide(house, str(told["id"]), simple or Decided.ALIAS, None if simple else code, note)
        except UnknownSkill:
            said(NOT_UNDERSTOOD.format(answer=answer)[language()])
        else:
            return 1


def _decide(house: "House", wording: str, what: Decided, code: str | None, note: str) -> dict[str, Any]:
    from ievq_pipeline.stages.learn import Decision

    return house.learn(wording, Decision(what, code, note, decided_by=getpass.getuser()))


def _line(row: dict[str, Any]) -> dict[str, Any]:
    nearest = ", ".join(f"{one['code']} {one['score']}" for one in row["suggestions"][:3])
    return row | {"nearest": nearest, "decided": _last(row)}


def _last(row: dict[str, Any]) -> str:
    last = row["decisions"][-1] if row["decisions"] else None
    return "" if last is None else " ".join(filter(None, (last["what"], last["code"], f"({last['decided_by']})")))


def _tell(told: dict[str, Any]) -> None:
    said(SHOWN.format(**told)[language()])
    for one in told["seen"][:5]:
        said(SEEN.format(**one, beside=", ".join(one["neighbours"]) or "–")[language()])
    for number, one in enumerate(told["suggestions"], 1):
        said(f"  {number}. {one['title'][language()]} ({one['code']}) {one['score']}")
    if not told["suggestions"]:
        said(NONE_NEAR[language()])
    for one in told["decisions"]:
        said(
            f"  {one['decided_at']:%Y-%m-%d %H:%M} {one['what']} {one['code'] or ''} {one['decided_by']} {one['note']}"
        )
