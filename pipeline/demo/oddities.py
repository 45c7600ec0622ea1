"""What really arrives in the demo district (data/oddities.toml): each oddity says what it shows."""

from datetime import date
from typing import Any

from pipeline.rule import Many, Rule

ADDED, REMOVED, RENAMED = "补报", "漏报", "更名"


class Moved(Rule):
    """A form that lies elsewhere."""

    unit: str
    period: int
    path: str
    shows: str


class Edit(Rule):
    """Cells of a row of a form (period 0: of every period) that hold something else; `add`: in a copy of the row; `drop`: the row is left out."""

    unit: str
    period: int
    sheet: str
    row: str = "*"
    add: bool = False
    drop: bool = False
    put: dict[str, Any] = {}
    shows: str


class Version(Rule):
    """A further form of the unit for the period: `drop` fewer items, `clean` of the edits."""

    unit: str
    period: int
    path: str
    filled_on: date
    copy_number: int = 0
    drop: int = 0
    clean: bool = False
    written: str = ""
    written_period: str = ""
    shows: str


class Untouched(Moved):
    """A prefilled form sent back as it was."""


class Contact(Rule):
    """A form in which only 单位信息 is filled in."""

    unit: str
    path: str
    filled_on: date
    shows: str


class Stranger(Rule):
    """A form of somebody who is not in the roster, made like that of `unit`."""

    written: str
    unit: str
    period: int
    path: str
    items: Many[dict[str, str]] = ()
    shows: str


class Copy(Rule):
    """The same bytes once more."""

    of: str
    path: str
    shows: str


class Loose(Rule):
    """A file that is no form."""

    path: str
    kind: str
    shows: str


class Move(Rule):
    """An item that is on the form only from a period on (补报), only before it (漏报), or has another name from it on (更名)."""

    unit: str
    item: str
    period: int
    what: str
    name: str = ""
    shows: str


class Unlisted(Rule):
    """An item that the 事项目录 does not know, or knows by a near name."""

    unit: str
    item: str
    near: str = ""
    shows: str


class Oddities(Rule):
    """data/oddities.toml: what really arrives, each with what it shows."""

    moved: Many[Moved]
    edits: Many[Edit]
    versions: Many[Version]
    untouched: Many[Untouched]
    contacts: Many[Contact]
    strangers: Many[Stranger]
    copies: Many[Copy]
    loose: Many[Loose]
    unlisted: Many[Unlisted]
    moves: Many[Move]
    late: Many[Version]
