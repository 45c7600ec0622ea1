"""八、需协调解决的问题 of a 工作简报, and what units tell in their own words."""

import pandas as pd

from pipeline.briefing.cells import SYSTEMS, count, elsewhere, rows
from pipeline.briefing.facts import Paragraphs, in_notice_order, paragraphs, words_of
from pipeline.briefing.phrases import listed
from pipeline.briefing.quotes import quote
from pipeline.form import NO
from pipeline.passages import Said, say
from pipeline.run import Result
from pipeline.sources import Where


def requests(result: Result) -> Paragraphs:
    """What units asked of the 专班 in their own words, and the systems that only a higher level can connect."""
    words, asked = words_of(result).requests, requests_of(result)
    told = [words.unit.format(unit=unit, text=text) for unit, text in asked.items()]
    number = count("八_提出单位", len(asked), elsewhere("“总览”中“需协调解决事项”的行数"))
    first = [say(words.count, count=number), *told] if asked else [words.none]
    return paragraphs([*first, _systems(result)])


def _systems(result: Result) -> Said:
    number, units = higher_systems(result)
    if not number:
        return ""
    level, refusal = (result.rules.form.column("systems", key) for key in ("level", "refusal_no"))
    source = rows(
        SYSTEMS,
        Where("对接平台", "为", NO),
        Where(refusal.title, "没有"),
        Where(level.title, "为", level_names(result)),
    )
    told = count("八_待上级对接系统", number, source)
    return say(words_of(result).requests.systems, count=told, units=listed(units, result.rules))


def level_names(result: Result) -> tuple[str, ...]:
    """The levels above the district that build systems."""
    return tuple(result.rules.form.column("systems", "level").choices[:-1])


def requests_of(result: Result) -> dict[str, str]:
    """What units ask the 专班 to settle, by unit."""
    return told_by_units(result, "request", result.rules.briefing.limits.quote)


def higher_systems(result: Result) -> tuple[int, list[str]]:
    """How many systems of higher levels are not connected without a letter that lets them be, and whose they are."""
    systems = result.details["systems"]
    held = systems["connected"].eq(NO) & systems["refusal_no"].isna() & systems["level"].isin(level_names(result))
    return int(held.sum()), in_notice_order(systems.loc[held, "unit"], result)


def told_by_units(result: Result, column: str, most: int) -> dict[str, str]:
    """What units wrote into a cell of 单位信息 of this period, fit to be quoted, at most so many characters, by unit in the notice's order."""
    info = result.info.loc[result.info["own_period"].eq(result.period.number), ["unit", column]].dropna()
    people = people_by_unit(result)
    told = {
        unit: quote(text, most, people.get(unit, ())) for unit, text in zip(info["unit"], info[column], strict=True)
    }
    return {unit: text for unit, text in told.items() if text}


def people_by_unit(result: Result) -> dict[str, set[str]]:
    """The persons whom each unit's form names, by unit; a unit that names nobody is not among them."""
    details = (("staff", "name"), ("tasks", "person"), ("problems", "person"), ("authorisations", "holder"))
    places = [(result.details[key], column) for key, column in details]
    places += [(result.info, column) for column in ("head", "leader", "liaison")]
    columns = [pd.DataFrame({"unit": frame["unit"], "name": frame[column]}) for frame, column in places]
    named = pd.concat(columns).dropna().drop_duplicates()
    people = named[named["name"].str.len().gt(1)].groupby("unit")["name"].agg(set)
    return {str(unit): names for unit, names in people.items()}
