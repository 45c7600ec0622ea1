"""rules/*.toml -> one frozen Rules, or a RulesError naming file, entry and remedy."""

import hashlib
import re
import tomllib
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, Strict, ValidationError, model_validator

from pipeline.basis import BasisRules
from pipeline.form import Form
from pipeline.guide import Guide, list_faults
from pipeline.letters_rules import LetterRules
from pipeline.needed import lacking_columns
from pipeline.rule import Many, Rule
from pipeline.stop import Stop
from pipeline.wording import BriefingRules

Share = Annotated[float, Field(ge=0, le=1)]
CheckNumber = Annotated[int, Field(ge=1, le=9)]
Points = Annotated[float, Strict(False), Field(ge=0)]


class RulesError(Stop):
    """The rules need mending; the text says where and how, in Chinese."""


class Group(Rule):
    """A group of the roster and what does not apply to it."""

    name: str
    excluded_checks: Many[CheckNumber]
    head_needed: bool
    modes: bool


class Unit(Rule):
    """A unit of attachment 1."""

    name: str
    full: str
    group: str
    aliases: Many[str]
    weak: Many[str]
    email: str


class Roster(Rule):
    """The units, in the notice's order, and how their names are matched."""

    optional_prefixes: Many[str]
    ignored_suffixes: Many[str]
    suggest_from: int
    groups: Many[Group]
    units: Many[Unit]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The short names of the units, in the notice's order."""
        return tuple(unit.name for unit in self.units)

    @model_validator(mode="after")
    def _groups_exist(self) -> Self:
        known = [group.name for group in self.groups]
        for unit in self.units:
            if unit.group not in known:
                raise ValueError(f"“{unit.name}”的组别“{unit.group}”不存在；可用：{'、'.join(known)}")
        _refuse_twins("单位名称", list(self.names))
        return self


class Check(Rule):
    """One of the nine self-checks (附件2 二(一))."""

    number: CheckNumber
    question: str
    topic: str
    good: str
    weight: Annotated[int, Field(gt=0)]
    deadline: str
    basic_from: Share
    basis: str


class Derived(Rule):
    """Conclusions that follow from the nine checks: name -> the checks concerned."""

    no_approval: dict[str, Many[CheckNumber]]
    concentrations: dict[str, Many[CheckNumber]]
    in_place: dict[str, Many[CheckNumber]]
    five_entries: dict[str, CheckNumber]


class Measures(Rule):
    """Thresholds, word lists and points the checks share."""

    one_short_from: int
    one_short_to: int
    basic_credit: Share
    no_head_credit: Share
    violation_points: Points
    violation_cap: Share
    covered_counts: Share
    outside: Many[str]
    both: str
    platforms: Many[str]
    near_name: int
    excusable_levels: Many[str]


class CheckRules(Rule):
    """rules/checks.toml."""

    checks: Many[Check]
    derived: Derived
    measures: Measures

    @cached_property
    def by_number(self) -> dict[int, Check]:
        """The checks by their number."""
        return {check.number: check for check in self.checks}

    @model_validator(mode="after")
    def _nine_with_weight_100(self) -> Self:
        numbers = [check.number for check in self.checks]
        if numbers != list(range(1, 10)):
            raise ValueError(f"自查项须按 1—9 各列一次，现为 {numbers}")
        total = sum(check.weight for check in self.checks)
        if total != 100:
            raise ValueError(f"各项权重合计须为 100，现为 {total}")
        return self


# The 结论 of the stage modes, in the order in which they are tried (pipeline/stages.py decides when each holds).
VERDICTS = ("资料不全", "超出标准模式", "须无条件审核合一", "应压减", "需补充依据", "应改报", "一致")


class Verdict(Rule):
    """A result word of the stage modes and its credit until and after the deadline."""

    name: str
    credit: Share
    after: Share


class StageRules(Rule):
    """rules/stages.toml."""

    modes: Many[str]
    max_stages: int
    window_steps: Many[str]
    deadline: str
    unadjusted_credit: Share
    verdicts: Many[Verdict]

    @model_validator(mode="after")
    def _words_are_known(self) -> Self:
        if len(set(self.modes)) != 4:
            raise ValueError(f"四种环节模式须由简到繁各列一次，现为 {'、'.join(self.modes)}")
        if tuple(verdict.name for verdict in self.verdicts) != VERDICTS:
            raise ValueError(f"结论的名称和先后由程序规定，须为 {'、'.join(VERDICTS)}")
        return self


class Deductions(Rule):
    """Points taken off the score."""

    late: Points
    no_paper: Points
    returned: Points


class Bonus(Rule):
    """Points added to the score."""

    experience_max: Points


class Rank(Rule):
    """Who is ranked."""

    min_weight: int
    min_group: int
    trial_periods: Many[int]


class Proposals(Rule):
    """Whom the program proposes."""

    most: int
    low_score: Points


class RankingRules(Rule):
    """rules/ranking.toml."""

    nine: Share
    modes: Share
    deductions: Deductions
    bonus: Bonus
    rank: Rank
    proposals: Proposals

    @model_validator(mode="after")
    def _shares_add_up(self) -> Self:
        if abs(self.nine + self.modes - 1) > 1e-9:
            raise ValueError(f"nine 与 modes 之和须为 1，现为 {self.nine + self.modes}")
        return self


class Deadline(Rule):
    """A date the notice sets."""

    key: str
    date: date
    title: str
    source: str


class Period(Rule):
    """One fortnight: its cut-off, its meeting and the number of its briefing."""

    number: int
    cutoff: date
    meeting: date
    briefing: int


class Calendar(Rule):
    """rules/calendar.toml."""

    start: date
    current_needs_units: int
    deadlines: Many[Deadline]
    periods: Many[Period]

    @cached_property
    def by_number(self) -> dict[int, Period]:
        """The periods by their number."""
        return {period.number: period for period in self.periods}

    @cached_property
    def due(self) -> dict[str, date]:
        """The dates of the deadlines by their key."""
        return {deadline.key: deadline.date for deadline in self.deadlines}

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _refuse_twins("期号", [period.number for period in self.periods])
        cutoffs = [period.cutoff for period in sorted(self.periods, key=lambda p: p.number)]
        if cutoffs != sorted(set(cutoffs)) or cutoffs[0] < self.start:
            raise ValueError("各期截止日须晚于起算日，并随期号递增")
        return self


class Rules(Rule):
    """Everything the office may edit, checked and frozen; `fingerprint` names this very set of files."""

    form: Form
    guide: Guide
    roster: Roster
    checks: CheckRules
    stages: StageRules
    basis: BasisRules
    ranking: RankingRules
    calendar: Calendar
    briefing: BriefingRules
    letters: LetterRules
    fingerprint: str

    def due_of(self, number: int) -> date:
        """The due date of check `number`."""
        return self.calendar.due[self.checks.by_number[number].deadline]


# file -> (field of Rules, model)
FILES: dict[str, tuple[str, type[Rule]]] = {
    "form.toml": ("form", Form),
    "guide.toml": ("guide", Guide),
    "units.toml": ("roster", Roster),
    "checks.toml": ("checks", CheckRules),
    "stages.toml": ("stages", StageRules),
    "basis.toml": ("basis", BasisRules),
    "ranking.toml": ("ranking", RankingRules),
    "calendar.toml": ("calendar", Calendar),
    "briefing.toml": ("briefing", BriefingRules),
    "letters.toml": ("letters", LetterRules),
}


def load_rules(folder: Path) -> Rules:
    """The rules of a folder.

    Raises RulesError, with every fault of the first faulty file, before anything else is read.
    """
    texts = {name: _read(folder / name) for name in FILES}
    parts = {field: _parse(name, texts[name], model) for name, (field, model) in FILES.items()}
    digest = hashlib.sha256("\0".join(texts.values()).encode()).hexdigest()[:12]
    rules = Rules(**parts, fingerprint=digest)  # type: ignore[arg-type]  # every part was checked by its own model
    _check_deadlines(rules)
    if lacking := lacking_columns(rules.form):
        raise RulesError("\n".join(f"form.toml：{line}" for line in lacking))
    if faults := list_faults(rules.guide, rules.form):
        raise RulesError("\n".join(faults))
    return rules


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise RulesError(f"规则文件 {path} 不存在；请从程序包中重新拷贝") from None
    except UnicodeDecodeError:
        raise RulesError(f"规则文件 {path} 不是 UTF-8 编码；请用记事本“另存为”，编码选 UTF-8") from None


def _parse(name: str, text: str, model: type[Rule]) -> Rule:
    try:
        return model.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise RulesError(f"{name}：{_toml_fault(str(error))}") from None
    except ValidationError as error:
        faults = [_fault(name, model, dict(fault)) for fault in error.errors(include_url=False)]
        raise RulesError("\n".join(faults)) from None


def _toml_fault(text: str) -> str:
    """A TOML fault in Chinese, with the line the library names."""
    at = re.search(r"line (\d+)", text)
    where = f"第 {at.group(1)} 行" if at else "文件末尾"
    if "overwrite" in text or "twice" in text:
        return f"{where}附近有重复的名称；同一处每个名称只能写一次"
    return f"{where}附近写法有误；请检查引号、等号、逗号和方括号是否成对，文字须加英文引号"


def _fault(name: str, model: type[Rule], fault: dict[str, Any]) -> str:
    """One fault in Chinese: file, entry, what is wrong, what is right."""
    place = " › ".join(_step(part) for part in fault["loc"]) or "整个文件"
    return f"{name}：{place}：{_explain(model, fault)}"


def _step(part: int | str) -> str:
    return f"第{part + 1}个" if isinstance(part, int) else part


def _explain(model: type[Rule], fault: dict[str, Any]) -> str:
    kind, context = fault["type"], fault.get("ctx", {})
    if kind == "extra_forbidden":
        return f"不认识这个名称；可用的有：{'、'.join(_known(model, fault['loc']))}"
    if kind == "missing":
        return "缺少这一项；请补上"
    if kind == "value_error":
        return str(context["error"])
    wanted = next((text for start, text in _WANTED.items() if kind.startswith(start)), "另一种值")
    limits = "、".join(f"{_LIMITS[key]} {value}" for key, value in context.items() if key in _LIMITS)
    return f"写的是 {_as_written(fault['input'])}，应为{wanted}{'（' + limits + '）' if limits else ''}"


def _as_written(value: Any) -> str:
    """A value as it stands in a rules file."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "一组 名称 = 值"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_as_written, value))}]"
    return str(value)


_WANTED = {
    "int": "整数，如 8",
    "float": "小数，如 0.8",
    "string": '带引号的文字，如 "是"',
    "bool": "true 或 false",
    "date": "日期，如 2023-03-31（不加引号）",
    "tuple": "方括号中的一列值，如 [1, 2]",
    "dict": "一组 名称 = 值",
    "model": "一组 名称 = 值",
    "literal": "规定的几个词之一",
    "greater": "更大的数",
    "less": "更小的数",
}
_LIMITS = {"ge": "不小于", "gt": "大于", "le": "不大于", "lt": "小于", "expected": "可用"}


def _known(model: type[Rule], place: tuple[int | str, ...]) -> list[str]:
    """The names allowed where an unknown one was found."""
    for part in place[:-1]:
        if isinstance(part, str) and part in model.model_fields:
            model = _model_in(model.model_fields[part].annotation) or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[Rule] | None:
    """The rule class inside an annotation such as tuple[Check, ...]."""
    if isinstance(annotation, type) and issubclass(annotation, Rule):
        return annotation
    inner = (_model_in(part) for part in getattr(annotation, "__args__", ()))
    return next((found for found in inner if found), None)


def _refuse_twins(what: str, names: list[Any]) -> None:
    twins = sorted({name for name in names if names.count(name) > 1})
    if twins:
        raise ValueError(f"{what}重复：{'、'.join(map(str, twins))}")


def _check_deadlines(rules: Rules) -> None:
    """Refuse a deadline that calendar.toml does not know."""
    columns = [column for sheet in rules.form.sheets for column in sheet.columns]
    used = {
        "checks.toml": {check.deadline for check in rules.checks.checks},
        "stages.toml": {rules.stages.deadline},
        "form.toml": {column.remark_until for column in columns if column.remark_until},
    }
    for name, keys in used.items():
        unknown = sorted(keys - set(rules.calendar.due))
        if unknown:
            known = "、".join(rules.calendar.due)
            raise RulesError(f"{name}：时限写的是 {'、'.join(unknown)}；calendar.toml 中有：{known}")
