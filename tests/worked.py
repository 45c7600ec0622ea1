"""Worked examples: small forms written as lines of text (tests/cases/*.toml), and what the program makes of them."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import pandas as pd

from pipeline.assess import Assessed, Assignment, Background, assess_forms
from pipeline.catalogue import read_catalogues
from pipeline.findings import none_found
from pipeline.intake import Source
from pipeline.reader import RawForm
from pipeline.template.book import Stamp, write_form
from tests.forms import ROOT, raw_form, raw_sheet, the_rules

Row = dict[str, Any]
Values = dict[str, list[Row]]
Case = dict[str, Any]

CASES = ROOT / "tests" / "cases"
BLANK, NO_ROWS = "（空）", "没有"
_LINE = re.compile(r"(?P<sheet>\S+?)(?:\s*×(?P<times>\d+))?：(?P<cells>.*)")


@cache
def plain() -> tuple[Values, dict[str, Row]]:
    """The faultless form, and by sheet key the cells an example's row has where it says nothing else."""
    told = tomllib.loads((CASES / "plain_form.toml").read_text(encoding="utf-8"))
    form = lines_of(told["form"])
    return form, {key: rows[0] for key, rows in {**form, **lines_of(told["more"])}.items()}


def cases_of(name: str) -> list[Case]:
    """The cases of a file in tests/cases/."""
    return tomllib.loads((CASES / name).read_text(encoding="utf-8"))["cases"]


def lines_of(text: str) -> Values:
    """Lines “表名 ×3：栏名=值 | 栏名=值” as rows by sheet and column key; an empty list for “表名：没有”."""
    values: Values = {}
    for line in filter(str.strip, text.splitlines()):
        told = _LINE.fullmatch(line.strip())
        assert told, f"看不懂这一行：{line}"
        sheet = the_rules().form.by_title[told["sheet"]]
        rows = values.setdefault(sheet.key, [])
        if told["cells"].strip() != NO_ROWS:
            keys = {column.title: column.key for column in sheet.columns}
            cells = [cell.partition("=") for cell in told["cells"].split("|") if cell.strip()]
            row = {keys[title.strip()]: _value(value.strip()) for title, _, value in cells}
            rows += [dict(row) for _ in range(int(told["times"] or 1))]
    return values


def _value(text: str) -> str | float | None:
    """A cell as it is written in an example: （空）, （201个字）, （数45000）, or the text itself."""
    if text == BLANK:
        return None
    if many := re.fullmatch(r"（(\d+)个字）", text):
        return "字" * int(many[1])
    if number := re.fullmatch(r"（数(\d+)）", text):
        return float(number[1])
    return text.replace("⏎", "\n")


def values_of(case: Case, unit: str, period: int) -> Values:
    """The sheets of a case's form: the faultless ones but for what the case says."""
    form, rows = plain()
    told = lines_of(case.get("form", ""))
    sheets = {key: [{**rows.get(key, {}), **row} for row in part] for key, part in {**form, **told}.items()}
    for number, item in enumerate(sheets["items"], start=1):
        item.setdefault("name", f"事项{number}")
    cutoff = the_rules().calendar.by_number[period].cutoff
    about = {"unit": unit, "period": f"第{period}期", "filled_on": cutoff}
    sheets["unit_info"] = [{**about, **sheets["unit_info"][0]}]
    answers = case.get("declared", "是是是是是是是否否")
    words = {"是": "是", "否": "否", "不": "不适用", "空": None}
    sheets.setdefault(
        "declarations", [{"check": str(number), "declared": words[a]} for number, a in enumerate(answers, start=1)]
    )
    sheets["catalogue"] = [{"unit": unit, **row} for row in sheets.get("catalogue", [])]
    return sheets


def form_bytes(values: Values, unit: str = "", period: int = 0) -> bytes:
    """The workbook a unit would send with these values."""
    sheets = {key: rows for key, rows in values.items() if key != "catalogue"}
    return write_form(the_rules(), sheets, Stamp(unit, f"第{period}期" if period else ""))


def assess_cases(cases: Sequence[Case]) -> list[tuple[Assessed, str]]:
    """What the program makes of each case's form: the assessment it is part of, and its unit there.

    Many cases share one assessment, each as a unit of its own, as in a real run.
    """
    placed = _place(cases)
    assessed = {layer: _assess_layer(layer, cases, placed) for layer in dict.fromkeys(layer for layer, _ in placed)}
    return [(assessed[layer], unit) for layer, unit in placed]


def period_of(case: Case) -> int:
    return int(case.get("period", 1))


def _place(cases: Sequence[Case]) -> list[tuple[tuple[int, int], str]]:
    """For each case a layer (its period and a running number) and a unit that no other case of the layer has."""
    roster = the_rules().roster
    ordinary = [unit.name for unit in roster.units if unit.group.startswith("A")]
    taken: set[tuple[tuple[int, int], str]] = set()
    for case in cases:
        wanted = [case["unit"]] if "unit" in case else ordinary
        place = next(place for place in _places(period_of(case), wanted) if place not in taken)
        taken.add(place)
        case["place"] = place
    return [case.pop("place") for case in cases]


def _places(period: int, units: Iterable[str]) -> Iterator[tuple[tuple[int, int], str]]:
    units = list(units)
    return (((period, layer), unit) for layer in range(100) for unit in units)


def _assess_layer(
    layer: tuple[int, int], cases: Sequence[Case], placed: Sequence[tuple[tuple[int, int], str]]
) -> Assessed:
    period = layer[0]
    forms = {unit: values_of(case, unit, period) for case, (at, unit) in zip(cases, placed, strict=True) if at == layer}
    raws = {unit: raw_form(values, the_rules().form) for unit, values in forms.items()}
    return assess_units(raws, [entry for values in forms.values() for entry in values["catalogue"]], period)


def assess_units(raws: Mapping[str, RawForm], entries: Sequence[Row], period: int) -> Assessed:
    """The assessment of the forms of some units in one period, with these entries of the catalogue."""
    rules = the_rules()
    catalogue, _ = read_catalogues({"目录.xlsx": raw_sheet(entries, rules.form.catalogue)}, rules)
    background = Background(rules, catalogue.assign(period=period), none_found(), period)
    batch = [Assignment(Source(f"{unit}.xlsx", ""), unit, period, period) for unit in raws]
    return assess_forms({f"{unit}.xlsx": raw for unit, raw in raws.items()}, batch, background)


def of_unit(frame: pd.DataFrame, unit: str) -> pd.DataFrame:
    """The rows of one unit."""
    return frame[frame["unit"] == unit]
