"""What a document says: text with the key figures in it, each with its name and the place in 汇总表 it comes from."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from string import Formatter

from pipeline.sources import Source


@dataclass(frozen=True)
class Figure:
    """A key figure as printed; `name` is its bookmark."""

    name: str
    text: str
    source: Source


@dataclass(frozen=True)
class Passage:
    """Text in pieces, so that the figures in it can be found again; false where it says nothing."""

    parts: tuple[str | Figure, ...] = ()

    @cached_property
    def text(self) -> str:
        """What is read."""
        return "".join(part if isinstance(part, str) else part.text for part in self.parts)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The key figures, in the order of reading."""
        return tuple(part for part in self.parts if isinstance(part, Figure))

    def __bool__(self) -> bool:
        """Whether it says anything."""
        return bool(self.text)


Said = str | Figure | Passage
SILENCE = Passage()


def say(sentence: str, **facts: Said | int) -> Passage:
    """The sentence with its {facts} filled in."""
    parts: list[str | Figure] = []
    for words, fact, _, _ in Formatter().parse(sentence):
        parts += [words] if fact is None else [words, *_parts_of(facts[fact])]
    return Passage(tuple(part for part in parts if part != ""))


def join(pieces: Iterable[Said], between: str = "") -> Passage:
    """The pieces that say something one after the other."""
    parts: list[str | Figure] = []
    for piece in pieces:
        told = [part for part in _parts_of(piece) if part != ""]
        parts += [between, *told] if parts and between and told else told
    return Passage(tuple(parts))


def _parts_of(said: Said | int) -> tuple[str | Figure, ...]:
    if isinstance(said, Passage):
        return said.parts
    return (said,) if isinstance(said, Figure) else (str(said),)
