"""One hostile file: its name, how it is made, and what must happen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Case:
    """A file under `name` and what must become of it.

    becomes: the kind it is identified as. says: words the reason must hold. codes: findings that must be there; never: that must not.
    reads: (sheet key, column key) -> the values of that column as understood (None where blank). members: the same for what a
    container holds, by the name shown.
    """

    id: str
    what: str
    name: str
    make: Callable[[], bytes]
    becomes: str
    says: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    reads: Mapping[tuple[str, str], list[Any]] = field(default_factory=dict)
    members: Mapping[str, str] = field(default_factory=dict)
