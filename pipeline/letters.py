"""Result -> drafts to the units: 接收回执, 退回补正, 催报 as .eml, and the same texts to copy. Nothing is ever sent."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, NamedTuple

import pandas as pd

from pipeline.findings import CHANGED, ERROR
from pipeline.patterns import joined
from pipeline.returns.notes import Finding, by_cause, correct_until
from pipeline.rulebook import Period
from pipeline.rules import Rules
from pipeline.run import Result
from pipeline.sheets import Column, TableSheet
from pipeline.tables import Told, centred, day_words, lay_out, period_name
from pipeline.words import ACCEPTED, CONTACT_ONLY, RETURNED

RECEIPT, RETURN, REMINDER, SEND_OUT = "接收回执", "退回补正", "催报", "发表"
GUESSED = "guessed"
NOT_TOLD = "没有填写"
HERE = timezone(timedelta(hours=8))
WRITTEN_AT = time(17, 0)  # of the cut-off: no clock is read
BOUNDARY = "=_yingjinbijin_tongzhi"
XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


class Attachment(NamedTuple):
    """A file that goes with a letter."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Letter:
    """A draft: to whom, what kind, subject and paragraphs. to: the address, blank where none is known."""

    unit: str
    kind: str
    to: str
    subject: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        """The whole text, a paragraph a line."""
        return "\n".join(self.paragraphs)


def write_letters(result: Result) -> tuple[Letter, ...]:
    """A letter to every unit, in the notice's order."""
    return tuple(write_letter(unit, result) for unit in result.units["unit"])


def write_letter(unit: str, result: Result) -> Letter:
    """The letter to a unit: which one follows from its state."""
    own = result.units[result.units["unit"].eq(unit)].iloc[0]
    facts = _general_facts(unit, result)
    write = {ACCEPTED: _receipt, RETURNED: _return}.get(own["state"], _reminder)
    kind, subject, paragraphs = write(own, facts, result)
    signature = [line.format(**facts) for line in result.rules.letters.signature]
    return Letter(unit, kind, address_of(unit, result), subject, (*(line for line in paragraphs if line), *signature))


def attachment_name(result: Result, unit: str) -> str:
    """The name under which a returned form goes with its letter."""
    return f"{unit}（{period_name(result.period.number)}退回补正）.xlsx"


def render_letter(letter: Letter, period: Period, attachment: Attachment | None) -> bytes:
    """The draft as the bytes of an .eml that a mail program opens ready to send; the same letter gives the same bytes."""
    mail = EmailMessage(policy=SMTP)
    mail["X-Unsent"] = "1"
    mail["Date"] = datetime.combine(period.cutoff, WRITTEN_AT, HERE)
    mail["To"] = letter.to
    mail["Subject"] = letter.subject
    mail.set_content(letter.text + "\n", charset="utf-8", cte="base64")
    if attachment:
        mail.add_attachment(attachment.data, maintype=XLSX[0], subtype=XLSX[1], filename=attachment.name)
        mail.set_boundary(BOUNDARY)
    return mail.as_bytes()


def letter_sheets(letters: tuple[Letter, ...], result: Result) -> tuple[TableSheet, ...]:
    """The sheets of 通知文字.xlsx: every letter as one cell to copy, and the text for sending out the next forms."""
    rows = pd.DataFrame([(one.unit, one.kind, one.to, one.subject, one.text) for one in letters])
    told: list[Told] = [
        (Column("单位名称", width=24), rows[0]),
        (centred("通知", 11), rows[1]),
        (Column("收件邮箱", width=22), rows[2]),
        (Column("主题", width=34, wrap=True), rows[3]),
        (Column("正文", width=90, wrap=True), rows[4]),
    ]
    note = "与“通知”文件夹中的邮件草稿相同，供复制到微信、QQ或网页邮箱；双击单元格后选取文字再复制，不会带引号。程序不发送任何邮件。"
    title = f"通知文字（{period_name(result.period.number)}）"
    sheet = TableSheet("通知文字", **lay_out(told), title=title, note=note, freeze=1, paper="A3")
    return (sheet, *_send_out_sheet(result))


def _send_out_sheet(result: Result) -> tuple[TableSheet, ...]:
    """The text that goes with the forms of the next period; nothing after the last one."""
    rules = result.rules
    following = rules.calendar.by_number.get(result.period.number + 1)
    if following is None:
        return ()
    facts = {**_days(following), "period": period_name(following.number), "office": rules.letters.office}
    words = rules.letters.send_out
    told: list[Told] = [
        (centred("期号", 11), pd.Series([period_name(following.number)])),
        (Column("主题", width=34, wrap=True), pd.Series([words.subject.format(**facts)])),
        (Column("正文", width=90, wrap=True), pd.Series([words.text.format(**facts) + "\n" + rules.letters.office])),
    ]
    return (TableSheet(SEND_OUT, **lay_out(told), note="下发下一期填报表时用；表由“运行.bat templates”生成。"),)


# What a letter says.


def _receipt(own: Any, facts: dict[str, str], result: Result) -> tuple[str, str, list[str]]:
    words, most = result.rules.letters.receipt, result.rules.letters.most_guesses
    findings = _findings_of(own, result)
    guesses = by_cause(findings[findings["code"].eq(GUESSED)])
    others = len(findings) - len(guesses)
    return RECEIPT, words.subject.format(**facts), [
        words.opening.format(**facts),
        words.late.format(**facts) if own["late"] else "",
        words.file.format(**_file_facts(own, result)),
        words.counted.format(**_size_facts(own, result)),
        words.guesses.format(count=len(guesses)) if guesses else "",
        *(words.point.format(**_point(number, one)) for number, one in enumerate(guesses[:most], 1)),
        words.more.format(count=len(guesses) - most) if len(guesses) > most else "",
        words.remarks.format(count=others) if others else "",
        words.closing.format(**facts),
    ]  # fmt: skip


def _return(own: Any, facts: dict[str, str], result: Result) -> tuple[str, str, list[str]]:
    words, most = result.rules.letters.returned, result.rules.letters.most_points
    findings = _findings_of(own, result)
    causes = _causes(findings[findings["level"].eq(ERROR)])
    others = len(findings) - own["errors"]
    return RETURN, words.subject.format(**facts), [
        words.opening.format(**facts, errors=own["errors"]),
        words.remarks.format(count=others) if others else "",
        words.file.format(**_file_facts(own, result)),
        words.points.format(count=len(causes)),
        *(words.point.format(**point) for point in _main_points(causes[:most], words.several)),
        joined([words.attached.format(**facts, attachment=attachment_name(result, own["unit"])), words.closing.format(**facts)]),
    ]  # fmt: skip


def _reminder(own: Any, facts: dict[str, str], result: Result) -> tuple[str, str, list[str]]:
    words = result.rules.letters.reminder
    opening = words.contact_only if own["state"] == CONTACT_ONLY else words.opening
    carried = pd.notna(own["own_period"])
    return REMINDER, words.subject.format(**facts), [
        opening.format(**facts),
        words.carried.format(last=period_name(int(own["own_period"]))) if carried else "",
        words.closing.format(**facts),
    ]  # fmt: skip


def _findings_of(own: Any, result: Result) -> pd.DataFrame:
    """The findings of a unit's form that the unit is told."""
    findings = result.findings[result.findings["file"].eq(own["file"])]
    return findings[~findings["code"].isin(CHANGED)]


def _causes(errors: pd.DataFrame) -> list[tuple[Finding, ...]]:
    """The errors of one form by their cause, the most frequent first."""
    groups = errors.groupby(["sheet", "code", "heading"], sort=False)
    return sorted((by_cause(group) for _, group in groups), key=lambda cause: -len(cause))


def _main_points(causes: list[tuple[Finding, ...]], several: str) -> list[dict[str, Any]]:
    return [
        _point(number, cause[0], several.format(count=len(cause)) if len(cause) > 1 else "")
        for number, cause in enumerate(causes, 1)
    ]


def _point(number: int, finding: Finding, more: str = "") -> dict[str, Any]:
    place = f"{finding.sheet} {finding.cell}".strip() + more
    return {"number": number, "place": place, "problem": finding.problem, "advice": finding.advice}


# The facts.


def _general_facts(unit: str, result: Result) -> dict[str, str]:
    until = day_words(correct_until(result))
    period, office = period_name(result.period.number), result.rules.letters.office
    return {"unit": unit, "period": period, "until": until, "office": office, **_days(result.period)}


def _days(period: Period) -> dict[str, str]:
    return {"cutoff": day_words(period.cutoff), "meeting": day_words(period.meeting)}


def _file_facts(own: Any, result: Result) -> dict[str, str]:
    line = result.files[result.files["file"].eq(own["file"])].iloc[0]
    filled_on = line["filled_on"]
    day = NOT_TOLD if pd.isna(filled_on) else day_words(date(filled_on.year, filled_on.month, filled_on.day))
    return {"file": line["file"].rsplit("/", 1)[-1], "filled_on": day, "sha256": line["sha256"]}


def _size_facts(own: Any, result: Result) -> dict[str, int]:
    line = result.files[result.files["file"].eq(own["file"])].iloc[0]
    items = int(result.items[result.items["unit"].eq(own["unit"])]["reported"].sum())
    rows, cells = (0 if pd.isna(value) else int(value) for value in (line["rows_read"], line["cells_read"]))
    return {"items": items, "rows": rows, "cells": cells}


def address_of(unit: str, result: Result) -> str:
    """The address the form names, else that of the roster; blank where neither is one."""
    told = result.info.loc[result.info["unit"].eq(unit), "liaison_email"]
    rostered = addresses_of(result.rules).get(unit, "")
    written = told.iloc[0] if len(told) and isinstance(told.iloc[0], str) else ""
    found = _ADDRESS.search(written) or _ADDRESS.search(rostered)
    return found[0] if found else ""


def addresses_of(rules: Rules) -> Mapping[str, str]:
    """The address of each unit in the roster."""
    return {unit.name: unit.email for unit in rules.roster.units}
