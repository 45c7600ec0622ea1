"""What the form says to the person filling it in (rules/guide.toml), and the sheet 填写说明 as plain lines."""

import re
from datetime import date
from string import Formatter
from typing import TYPE_CHECKING, Literal, NamedTuple

from pipeline.form import Form
from pipeline.rule import Many, Rule

if TYPE_CHECKING:  # rules.py reads the model of this module
    from pipeline.rulebook import Calendar, Period

# Functions that give one result for a whole column.
_COLLAPSING = re.compile(r"\b(AND|OR|NOT|IF|N)\(")

Tone = Literal["title", "lead", "now", "section", "line", "right", "wrong"]


class Entry(Rule):
    """A short label and what it means."""

    label: str
    text: str


class Contradiction(Rule):
    """A cell that turns orange while an Excel formula over its row gives 1; `{key}` is a cell of the row.

    The formula also counts over whole columns, so it is made of comparisons multiplied and added: AND and the like would collapse.
    """

    sheet: str
    column: str
    when: str
    why: str


class Offered(Rule):
    """A column whose drop-down offers its choices only while an Excel formula over the row holds; `{key}` is a cell of the row."""

    sheet: str
    column: str
    when: str


class Guide(Rule):
    """rules/guide.toml."""

    office: str
    email: str
    phone: str
    lead: str
    prefilled: str
    selfcheck: str
    report_title: str
    letters_title: str
    signature: Many[str]
    steps: Many[Entry]
    terms: Many[Entry]
    basis_right: Many[Entry]
    basis_wrong: Many[Entry]
    offered: Many[Offered] = ()
    contradictions: Many[Contradiction]

    def offered_when(self, sheet: str, column: str) -> str:
        """The formula under which the choices of a column are offered; blank where they always are."""
        return next((entry.when for entry in self.offered if (entry.sheet, entry.column) == (sheet, column)), "")

    def say(self, text: str) -> str:
        """The text with {office}, {email} and {phone} filled in."""
        return text.format(office=self.office, email=self.email, phone=self.phone)


class Line(NamedTuple):
    """One row of the sheet 填写说明."""

    tone: Tone
    label: str
    text: str = ""


def list_faults(guide: Guide, form: Form) -> list[str]:
    """What in the guide names a sheet, column or place holder that does not exist, in Chinese; empty if all is well."""
    texts = [guide.lead, *(entry.text for entry in (*guide.steps, *guide.terms))]
    unknown = sorted({name for text in texts for name in _holders(text)} - {"office", "email", "phone"})
    faults = [f"guide.toml：不认识 {{{name}}}；可用：{{office}}、{{email}}、{{phone}}" for name in unknown]
    formulas: list[Contradiction | Offered] = [*guide.offered, *guide.contradictions]
    return faults + [fault for entry in formulas for fault in _formula_faults(entry, form)]


def _formula_faults(entry: Contradiction | Offered, form: Form) -> list[str]:
    sheet = form.by_key.get(entry.sheet)
    if sheet is None or sheet not in form.sheets:
        return [f"guide.toml：没有工作表 {entry.sheet}；可用：{'、'.join(s.key for s in form.sheets)}"]
    unknown = sorted({entry.column, *_holders(entry.when)} - set(sheet.keys))
    faults = [f"guide.toml：“{sheet.title}”没有栏目 {key}；可用：{'、'.join(sheet.keys)}" for key in unknown]
    banned = sorted(set(_COLLAPSING.findall(entry.when)))
    return faults + [
        f"guide.toml：“{sheet.title}”{entry.column} 的公式不能用 {name}；请改用比较的乘（*）和加（+）"
        for name in banned
    ]


def _holders(text: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(text) if name]


def guide_lines(guide: Guide, form: Form, calendar: "Calendar", period: "Period | None" = None) -> list[Line]:
    """The rows of the sheet 填写说明, from its title to where to send the form; `period`: the one it goes out for."""
    return [
        Line("title", f"{form.title}（{form.version} 版）　填写说明"),
        Line("lead", guide.say(guide.lead)),
        *_this_period(period),
        Line("section", "一、五步填好"),
        *_entries("line", guide, guide.steps),
        Line("section", "二、时限"),
        *_deadlines(calendar),
        Line("section", "三、用语"),
        *_entries("line", guide, guide.terms),
        Line("section", "四、法律依据怎么写（程序只核对写法，以法制审核为准）"),
        *(Line("right", "√ 正确", f"{entry.label}\n{entry.text}") for entry in guide.basis_right),
        *(Line("wrong", "× 错误", f"{entry.label}\n{entry.text}") for entry in guide.basis_wrong),
        Line("section", "五、报送和咨询"),
        Line("line", "电子版", f"{guide.email}（邮件主题写“单位名称＋期号”，附本表 Excel 原件）"),
        Line("line", "纸质版", f"{guide.office}"),
        Line("line", "电话", guide.phone),
    ]


def _entries(tone: Tone, guide: Guide, entries: tuple[Entry, ...]) -> list[Line]:
    return [Line(tone, entry.label, guide.say(entry.text)) for entry in entries]


def _this_period(period: "Period | None") -> list[Line]:
    return [Line("now", "本期", f"第{period.number}期，截止 {_long(period.cutoff)}")] if period else []


def _deadlines(calendar: "Calendar") -> list[Line]:
    fixed = [Line("line", _long(deadline.date), deadline.title) for deadline in calendar.deadlines]
    cutoffs = "、".join(f"第{p.number}期{p.cutoff.month}月{p.cutoff.day}日" for p in calendar.periods)
    return [*fixed, Line("line", "每期截止", cutoffs)]


def _long(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
