"""A 工作简报 as plain data: what is said, in order, without any word about Word."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from pipeline.passages import Figure, Passage

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

    said: str | Passage
    lead: str = ""

    @property
    def text(self) -> str:
        """What is read behind the opening words."""
        return self.said if isinstance(self.said, str) else self.said.text

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The key figures in it."""
        return () if isinstance(self.said, str) else self.said.figures


@dataclass(frozen=True)
class TableBlock:
    """A table as wide as the text; `widths` are shares of it, by the longest entries where not given.

    A cell may hold several lines, or a key figure; columns are centred where no alignments are given. `small` sets the type of the
    annexes, `landscape` turns the page. `foot`: lines below the rows, each with a title over the first column.
    Raises ValueError where a row, the widths or the alignments do not fit the headers.
    """

    headers: tuple[str, ...]
    rows: tuple[tuple[str | Figure, ...], ...]
    title: str = ""
    widths: tuple[float, ...] = ()
    alignments: tuple[Alignment, ...] = ()
    landscape: bool = False
    small: bool = False
    note: str = ""
    foot: tuple[tuple[str, Passage], ...] = ()

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


ChartKind = Literal["bars", "columns", "stacked", "lines"]


@dataclass(frozen=True)
class Series:
    """A row of numbers of a chart; None leaves a gap."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Chart:
    """A native chart: bars lie, columns stand, stacked ones lie on top of each other; `height` in millimetres.

    Numbers are shown by `number_format`, on an axis from `bottom` up to `top` (None: as far as they reach). The title stands below it.
    """

    kind: ChartKind
    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    height: int
    number_format: str = "0"
    bottom: float = 0.0
    top: float | None = None


@dataclass(frozen=True)
class ChartRow:
    """Charts side by side, each with an equal share of the width."""

    charts: tuple[Chart, ...]


Block = Heading | Paragraph | TableBlock | AnnexTitle | Chart | ChartRow


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


@dataclass(frozen=True)
class UnitPart:
    """A part of a unit's page: a heading, lines of text, and a table below."""

    title: str
    lines: tuple[str, ...]
    table: TableBlock | None = None


@dataclass(frozen=True)
class UnitPage:
    """The page of a unit: its name, a line below it, the lines that come first, the parts."""

    unit: str
    note: str
    lines: tuple[str, ...]
    parts: tuple[UnitPart, ...]


@dataclass(frozen=True)
class UnitPages:
    """单位情况: a page for every unit."""

    title: str
    author: str
    date: date
    pages: tuple[UnitPage, ...]
