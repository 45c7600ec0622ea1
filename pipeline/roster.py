"""What a person wrote as the unit's name -> the unit of the roster, or whom it may mean."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz, process

from pipeline.names import normal_name
from pipeline.rulebook import Roster


class Match(NamedTuple):
    """The unit a name means, or "" with whom it may mean."""

    unit: str = ""
    suggestions: tuple[str, ...] = ()


def match_unit(text: str, roster: Roster) -> Match:
    """The unit that `text` names: short name, full name or alias, white space, （盖章） and the district's name aside.

    A weak alias or a near miss only suggests; a city bureau (市财政局) is never a unit of the district.
    """
    affixes = roster.optional_prefixes, roster.ignored_suffixes
    wanted = _bare(text, roster.ignored_suffixes)
    exact = {
        form: unit.name
        for unit in roster.units
        for name in (unit.name, unit.full, *unit.aliases)
        for form in _forms(name, *affixes)
    }
    own = _forms(wanted, *affixes)
    for form in own:
        if form in exact:
            return Match(exact[form])
    weak = [
        unit.name for unit in roster.units if any(_bare(name, roster.ignored_suffixes) in own for name in unit.weak)
    ]
    return Match(suggestions=tuple(weak) or _near(wanted, exact, roster.suggest_from))


def _bare(text: str, suffixes: tuple[str, ...]) -> str:
    """The name without white space, brackets and a trailing 盖章."""
    name = normal_name(unicodedata.normalize("NFKC", text))
    return re.sub(f"({'|'.join(map(re.escape, suffixes))})$", "", name)


@lru_cache(maxsize=2**12)  # every name is compared with all names of the roster
def _forms(name: str, prefixes: tuple[str, ...], suffixes: tuple[str, ...]) -> tuple[str, ...]:
    """The name as it stands and without the district before it."""
    bare = _bare(name, suffixes)
    prefix = next((p for p in prefixes if bare.startswith(p) and bare != p), "")
    return tuple(filter(None, dict.fromkeys((bare, bare.removeprefix(prefix)))))


def _near(wanted: str, exact: dict[str, str], suggest_from: int) -> tuple[str, ...]:
    hits = process.extract(wanted, list(exact), scorer=fuzz.ratio, score_cutoff=suggest_from, limit=3)
    return tuple(dict.fromkeys(exact[form] for form, _, _ in hits))
