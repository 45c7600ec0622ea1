"""What a person wrote as the unit's name -> the unit of the roster, or whom it may mean."""

import re
import unicodedata
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
    wanted = _bare(text, roster)
    exact = {
        form: unit.name
        for unit in roster.units
        for name in (unit.name, unit.full, *unit.aliases)
        for form in _forms(name, roster)
    }
    for form in _forms(wanted, roster):
        if form in exact:
            return Match(exact[form])
    weak = [unit.name for unit in roster.units if _forms(wanted, roster) & {_bare(name, roster) for name in unit.weak}]
    return Match(suggestions=tuple(weak) or _near(wanted, exact, roster.suggest_from))


def _bare(text: str, roster: Roster) -> str:
    """The name without white space, brackets and a trailing 盖章."""
    name = normal_name(unicodedata.normalize("NFKC", text))
    return re.sub(f"({'|'.join(map(re.escape, roster.ignored_suffixes))})$", "", name)


def _forms(name: str, roster: Roster) -> set[str]:
    """The name as it stands and without the district before it."""
    bare = _bare(name, roster)
    prefix = next((p for p in roster.optional_prefixes if bare.startswith(p) and bare != p), "")
    return {bare, bare.removeprefix(prefix)} - {""}


def _near(wanted: str, exact: dict[str, str], suggest_from: int) -> tuple[str, ...]:
    hits = process.extract(wanted, list(exact), scorer=fuzz.ratio, score_cutoff=suggest_from, limit=3)
    return tuple(dict.fromkeys(exact[form] for form, _, _ in hits))
