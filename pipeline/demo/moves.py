"""Items that a demo unit lists only in some periods, or under another name (data/oddities.toml: moves)."""

from collections.abc import Iterable, Mapping

from pipeline.demo.items import Row
from pipeline.demo.oddities import ADDED, REMOVED, RENAMED, Move

# Sheets whose rows speak of items, and how they name them.
ITEM_KEYS = {"items": "name", "stages": "item", "one_card": "item", "problems": "item"}


def move_items(form: Mapping[str, list[Row]], moves: Iterable[Move], period: int) -> dict[str, list[Row]]:
    """The form of a period with the items its unit then lists, by the names it then gives them."""
    told = list(moves)
    gone = {move.item for move in told if (move.what, period < move.period) in ((ADDED, True), (REMOVED, False))}
    names = {move.item: move.name for move in told if move.what == RENAMED and period >= move.period}
    moved = drop_items(form, gone)
    for sheet, key in ITEM_KEYS.items():
        moved[sheet] = [row | {key: names.get(str(row[key]), row[key])} for row in moved[sheet]]
    moved["authorisations"] = [row | {"listed": _listed(row, gone, names)} for row in form["authorisations"]]
    return moved


def drop_items(form: Mapping[str, list[Row]], gone: set[str]) -> dict[str, list[Row]]:
    """The form without some items and what speaks of them; 序号 runs on."""
    kept = {sheet: [row for row in form[sheet] if row[key] not in gone] for sheet, key in ITEM_KEYS.items()}
    kept["items"] = [row | {"seq": str(number)} for number, row in enumerate(kept["items"], start=1)]
    return {**form, **kept}


def _listed(letter: Row, gone: set[str], names: Mapping[str, str]) -> str:
    """The items a letter of authorisation lists."""
    listed = [name for name in str(letter["listed"]).split("；") if name not in gone]
    return "；".join(names.get(name, name) for name in listed)
