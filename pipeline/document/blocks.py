"""A 工作简报 as plain data: what is said, in order, without any word about Word."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Alignment = Literal["left", "center", "right"]


@dataclass(frozen=True)
class Masthead:
    """The head of page one; a draft carries 送审稿."""

    name: str
    number: str
    issuer: str
    date: date
    draft: bool = False


@dataclass(frozen=True)
class Heading:
    """A heading: level 1 is 一、, level 2 is （一）; the text brings its own number."""

    level: Literal[1, 2]
    text: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of the body; `lead` is its opening words, set in the face of a level 2 heading."""

    text: str
    lead: str = ""


@dataclass(frozen=True)
class TableBlock:
    """A table as wide as the text; `widths` are shares of it, by the longest entries where not given.

    A cell may hold several lines; columns are centred where no alignments are given. `small` sets the type of the
    annexes, `landscape` turns the page.
    Raises ValueError where a row, the widths or the alignments do not fit the headers.
    """

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""
    widths: tuple[float, ...] = ()
    alignments: tuple[Alignment, ...] = ()
    landscape: bool = False
    small: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse what does not fit together before it is half set."""
        columns = len(self.headers)
        lengths = {len(row) for row in self.rows} | {len(self.widths) or columns, len(self.alignments) or columns}
        if not columns or lengths != {columns}:
            raise ValueError(f"table “{self.title}” has {columns} headers, but parts of {sorted(lengths)}")


@dataclass(frozen=True)
class AnnexTitle:
    """The start of an annex; what follows up to the next one belongs to it."""

    number: int
    title: str


Block = Heading | Paragraph | TableBlock | AnnexTitle


@dataclass(frozen=True)
class Distribution:
    """The foot of the last page: who it is reported, sent and issued to; an empty one is left out."""

    report: str
    send: str
    issue: str
    copies: int


@dataclass(frozen=True)
class Briefing:
    """A whole 工作简报; `title` is broken into lines by sense, `annexes` begin with an AnnexTitle each."""

    masthead: Masthead
    title: tuple[str, ...]
    blocks: tuple[Block, ...]
    annexes: tuple[Block, ...]
    distribution: Distribution
