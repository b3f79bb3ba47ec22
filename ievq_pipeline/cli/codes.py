"""`ievq codes …`: the code lists that wordings and codes are held against."""

from ievq_pipeline.cli.output import Json, document, group, language, listing

codes = group("codes", "The code lists: which there are, and what is in one.")


@codes.command("list")
def list_codes(is_json: Json = False) -> None:
    """The code lists that are here, with version, source and licence."""
    from ievq_pipeline.adapters import code_lists

    shown = [one.as_json() for one in code_lists.about().values()]
    rows = shown if is_json else [{**one, "title": one["title"][language()]} for one in shown]
    listing(rows, ["list", "version", "title", "licence", "source"], is_json=is_json)


@codes.command("show")
def show_codes(name: str, is_json: Json = False) -> None:
    """Every code of a list, such as skills or regions: its title, what it belongs to, and what else is understood."""
    from ievq_pipeline.adapters import code_lists

    shown = code_lists.document(name)
    if is_json:
        document(shown)
        return
    lang = language()
    families = {family["code"]: family["title"][lang] for family in shown.get("families", ())}
    rows = [
        {
            **item,
            "title": item["title"][lang],
            "family": families.get(item.get("family")),
            "aliases": "; ".join(item["aliases"]),
        }
        for item in shown["items"]
    ]
    named = ["family", "dimension"] if families else ["parent"]
    listing(rows, ["code", "title", *named, "aliases"], is_json=False)
