"""A district over many periods, drawn with a seed, and what plain Python makes of its tasks, problems and items.

Nothing here is a frame: a unit's form is a dict of rows, and what became of a line is a loop over the forms it was sent in.
"""

import random
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from tests.oracle import normal
from tests.submissions import (
    CUTOFFS,
    HEAD,
    LAW,
    NAMES,
    PLAIN_DEPARTMENT,
    PLAIN_ITEM,
    PLAIN_LETTER,
    PLAIN_STAGE,
    ROSTER,
    make_form,
)

Row = dict[str, Any]

OPEN, GOING, DONE = "未开始", "进行中", "已完成"
SHEETS = {"任务": ("tasks", "content"), "整改": ("problems", "problem")}
# No two of these are alike, so that only number and text tell which line is which.
TEXTS = (
    "窗口增设自助终端", "首席代表派驻大厅", "签订授权委托书", "接口与平台贯通", "清理历史积压卷宗", "公布办事指南", "培训综合受理人员", "撤除原受理点标牌",
)  # fmt: skip
SECOND_NAMES = {name: f"{name[::-1]}（调整）" for name in NAMES}


def a_district(seed: int, units: Iterable[str] = ROSTER, periods: Iterable[int] = range(1, 13)) -> Row:
    """Forms of these units for these periods: now and then a unit is silent; lines open, close, open again, are postponed or vanish; items come, go, are renamed and enter."""
    chance, periods = random.Random(seed), list(periods)
    forms = [form for unit in units for form in _forms_of(unit, periods, chance)]
    return {"forms": forms, "catalogue": [], "periods": periods}


def _forms_of(unit: str, periods: list[int], chance: random.Random) -> list[Row]:
    items = [_item(name, chance) for name in chance.sample(NAMES, 3)]
    lists: dict[str, list[Row]] = {"任务": [], "整改": []}
    forms = []
    for period in periods:
        items = _next_items(items, chance)
        lists = {kind: _next_lines(kind, rows, period, chance) for kind, rows in lists.items()}
        if chance.random() > 0.15:
            stages = [{**PLAIN_STAGE, "item": row["name"]} for row in items if chance.random() < 0.7]
            forms.append(
                make_form(
                    unit,
                    period,
                    items=items,
                    stages=stages,
                    tasks=lists["任务"],
                    problems=lists["整改"],
                    departments=[PLAIN_DEPARTMENT],
                    staff=[HEAD],
                    authorisations=[PLAIN_LETTER],
                )  # fmt: skip
            )
    return forms


def _item(name: str, chance: random.Random) -> Row:
    code = f"1141040400548{chance.randrange(10**12):012}A" if chance.random() < 0.5 else None
    return PLAIN_ITEM | {"name": name, "code": code, "in_hall": chance.choice("是否"), "basis": LAW}


def _next_items(items: list[Row], chance: random.Random) -> list[Row]:
    """The list of the next fortnight."""
    kept = [dict(row) for row in items if chance.random() > 0.08 or len(items) == 1]
    for row in kept or [dict(items[0])]:
        if chance.random() < 0.15:
            row["in_hall"] = "否" if row["in_hall"] == "是" else "是"
        if row["code"] and chance.random() < 0.15:
            row["name"] = SECOND_NAMES.get(row["name"], row["name"])
        row["outside_cases"] = chance.choice([0, 0, 2])
    kept = kept or [dict(items[0])]
    used = {normal(row["name"]) for row in kept}
    free = [name for name in NAMES if not used & {normal(name), normal(SECOND_NAMES[name])}]
    return kept + ([_item(chance.choice(free), chance)] if chance.random() < 0.2 else [])


def _next_lines(kind: str, rows: list[Row], period: int, chance: random.Random) -> list[Row]:
    """The tasks or problems of the next fortnight, turned round."""
    text_key = SHEETS[kind][1]
    kept = [dict(row) for row in rows if chance.random() > 0.12]
    for row in kept:
        row["state"] = chance.choices([OPEN, GOING, DONE, None, row["state"]], [1, 4, 4, 1, 6])[0]
        if chance.random() < 0.15:
            row["due"] = chance.choice([None, CUTOFFS[period] + timedelta(days=chance.randrange(-20, 60))])
    used = {row[text_key] for row in kept}
    new = [text for text in TEXTS if text not in used and chance.random() < 0.12]
    kept += [_line(kind, text, CUTOFFS[period], chance) for text in new]
    chance.shuffle(kept)
    return kept


def _line(kind: str, text: str, cutoff: date, chance: random.Random) -> Row:
    due = cutoff + timedelta(days=chance.randrange(-10, 40))
    # Half of the texts have a number that is written every time.
    number = f"{kind}-{TEXTS.index(text)}" if TEXTS.index(text) % 2 else None
    line = {"number": number, "person": "李四", "due": due, "state": chance.choice([OPEN, GOING]), "done_on": None}
    if kind == "任务":
        return line | {"content": text, "department": "审批科", "progress": None}
    return line | {"problem": text, "check": "8", "item": None, "cause": None, "measure": "迁入大厅"}


# ------------------------------------------------------------------------------------- what plain Python makes of it


def plain_ledger(district: Row, period: int) -> dict[tuple[str, str, str], Row]:
    """What became of every task and problem told up to a period, by kind, unit and text."""
    ledger: dict[tuple[str, str, str], Row] = {}
    for unit in {form["unit"] for form in district["forms"]}:
        own = [form for form in district["forms"] if form["unit"] == unit and form["period"] <= period]
        for kind in SHEETS:
            told = _follow(kind, [(form["period"], form["values"]) for form in own], period)
            ledger |= {(kind, unit, text): row for text, row in told.items()}
    for row in ledger.values():
        row["overdue"] = None if row["due"] is None or row["state"] is None else _is_overdue(row, CUTOFFS[period])
    return ledger


def _is_overdue(row: Row, cutoff: date) -> bool:
    return row["state"] != DONE and row["due"] < cutoff


def _follow(kind: str, forms: list[tuple[int, Mapping[str, Any]]], now: int) -> dict[str, Row]:
    sheet, key = SHEETS[kind]
    known: dict[str, Row] = {}
    before: int | None = None
    for period, values in forms:
        listed = {line[key]: line for line in values[sheet]}
        for text, row in known.items():
            row["due_before"] = row["due"] or row["due_before"]
            if text not in listed:
                row["change"] = "不再列出" if row["last"] == before and row["state"] in (OPEN, GOING) else ""
        for text, line in listed.items():
            old = known.get(text)
            known[text] = {
                "state": line["state"], "due": line["due"], "last": period, "first": old["first"] if old else period,
                "due_before": old["due_before"] if old else None, "change": _change(old, line, before),
            }  # fmt: skip
        before = period
    if before != now:
        for row in known.values():
            row |= {"change": "", "due_before": row["due"]}
    return known


def _change(old: Row | None, line: Row, before: int | None) -> str:
    if old is None:
        return "新增" if before is not None else ""
    if line["state"] == DONE:
        return "本期完成" if old["state"] != DONE else ""
    if line["state"] is None:
        return ""
    if old["state"] == DONE:
        return "重新打开"
    later = old["due_before"] is not None and line["due"] is not None and line["due"] > old["due_before"]
    return "延期" if later else ""


def plain_movements(district: Row, period: int) -> list[tuple[str, str, str | None, str]]:
    """unit, name, name before and change of every item that moved between the units' last two forms."""
    moves = []
    for unit in {form["unit"] for form in district["forms"]}:
        own = {form["period"]: form["values"]["items"] for form in district["forms"] if form["unit"] == unit}
        earlier = [number for number in own if number < period]
        if period in own and earlier:
            moves += [(unit, *move) for move in _compare(own[period], own[max(earlier)])]
    return moves


def _compare(now: list[Row], before: list[Row]) -> list[tuple[str, str | None, str]]:
    left, moves = list(before), []
    for row in now:
        same = [old for old in left if row["code"] and old["code"] == row["code"]]
        old = next(iter(same or [old for old in left if normal(old["name"]) == normal(row["name"])]), None)
        if old is None:
            moves.append((row["name"], None, "新增"))
            continue
        left.remove(old)
        if old["name"] != row["name"]:
            moves.append((row["name"], old["name"], "更名"))
        if (old["in_hall"], row["in_hall"]) in (("否", "是"), ("是", "否")):
            moves.append((row["name"], old["name"], "新进驻" if row["in_hall"] == "是" else "退出大厅"))
    return moves + [(old["name"], old["name"], "减少") for old in left]
