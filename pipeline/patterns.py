"""Sentences with {facts} in a rules file: each is declared with the facts it may use, and checked when it is read."""

from collections.abc import Iterable
from dataclasses import dataclass
from string import Formatter

from pydantic import AfterValidator


@dataclass(frozen=True)
class Facts:
    """The facts a sentence may use, each as {name}; called with a sentence it hands it back.

    Raises ValueError, quoting the sentence and listing the facts, where it uses others or its braces do not pair.
    """

    names: frozenset[str]

    def __call__(self, sentence: str) -> str:
        """The sentence, if it uses no other facts."""
        try:
            used = [_place(*part) for _, *part in Formatter().parse(sentence) if part[0] is not None]
        except ValueError:
            raise ValueError(f"写的是“{sentence}”，花括号没有成对；{self._allowed()}") from None
        unknown = [place for place in used if place not in self.names]
        if unknown:
            raise ValueError(f"写的是“{sentence}”，其中“{{{unknown[0]}}}”没有内容可填；{self._allowed()}")
        return sentence

    def _allowed(self) -> str:
        listed = "、".join(f"{{{name}}}" for name in sorted(self.names))
        return f"可用：{listed}" if listed else "这里没有可填的内容，请去掉花括号"


def facts(*names: str) -> AfterValidator:
    """What makes a text of a rules file a sentence that may use these facts."""
    return AfterValidator(Facts(frozenset(names)))


def joined(sentences: Iterable[str]) -> str:
    """Whole sentences one after the other, the empty ones left out."""
    return "".join(sentence for sentence in sentences if sentence)


def _place(name: str | None, layout: str | None, conversion: str | None) -> str:
    """What stands between the braces; a layout or conversion makes it something that no fact is called."""
    return f"{name}{'!' + conversion if conversion else ''}{':' + layout if layout else ''}"
