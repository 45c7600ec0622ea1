"""The 整改台账 of a demo unit: every item worked outside or off the list, kept until it is mended; and what was dispatched to it."""

from datetime import date, timedelta

from pipeline.demo.decisions import Dispatch
from pipeline.demo.district import PERIODS
from pipeline.demo.items import BOTH, OUTSIDE, Row, Scene, item_rows
from pipeline.form import YES

OPEN, GOING, DONE = "未开始", "进行中", "已完成"
LISTED_BY = date(2023, 4, 30)  # when items off the list shall be on it
OUTSIDE_WORDS = (OUTSIDE, BOTH)


def problem_rows(scene: Scene, person: str) -> list[Row]:
    """The rows of 整改台账: what was found since the unit keeps one, with what has become of it; then what was dispatched to it."""
    dispatches = scene.district.dispatches_to(scene.unit)
    taken = [_dispatched_row(scene, dispatch) for dispatch in dispatches if dispatch.unit_state(scene.period)]
    return [*_found_rows(scene, person), *taken]


def _found_rows(scene: Scene, person: str) -> list[Row]:
    if not scene.unit.keeps_ledger(scene.period):
        return []
    first = int(scene.unit.ledger)
    seen = {period: _violations(_at(scene, period)) for period in PERIODS if first <= period <= scene.period}
    found = dict.fromkeys(name for names in seen.values() for name in names)
    rows = [_row(scene, name, person, _mended_in(seen, name)) for name in found]
    return rows + [_off_list_row(scene, name, person) for name in _off_list(scene)]


def has_cases(row: Row) -> bool:
    """Whether an item had cases in the period."""
    return any(row[key] for key in ("hall_cases", "online_cases", "outside_cases"))


def is_outside(row: Row) -> bool:
    """Whether an item that must enter was accepted or worked outside the hall (check 8)."""
    elsewhere = any(row[key] in OUTSIDE_WORDS for key in ("review_at", "decide_at", "deliver_at"))
    return row["negative"] != YES and (
        bool(row["outside_cases"]) or row["accept_at"] in OUTSIDE_WORDS or (elsewhere and has_cases(row))
    )


def _at(scene: Scene, period: int) -> Scene:
    return Scene(scene.district, scene.unit, period)


def _violations(scene: Scene) -> list[str]:
    return [str(row["name"]) for row in item_rows(scene) if is_outside(row)]


def _mended_in(seen: dict[int, list[str]], name: str) -> int | None:
    """The period from which an item is found no longer, None where it still is."""
    last = max(period for period, names in seen.items() if name in names)
    return last + 1 if last < max(seen) else None


def _row(scene: Scene, name: str, person: str, mended: int | None) -> Row:
    sent = scene.unit.sent_on(mended) if mended else None
    return {
        "problem": f"“{name}”仍有环节在大厅之外办理",
        "check": "8",
        "item": name,
        "cause": "窗口人员和设备未全部到位",
        "measure": "审批人员进驻大厅，受理和决定一律在大厅窗口完成",
        "person": person,
        "due": date.fromisoformat(scene.unit.ledger_due),
        "state": DONE if mended else GOING,
        "done_on": sent - timedelta(2) if sent else None,
    }


def _dispatched_row(scene: Scene, dispatch: Dispatch) -> Row:
    """A line the office put into the form it sent out; the unit adds the check, the state and the day."""
    told = {key: dispatch.told.get(key) for key in ("problem", "cause", "measure", "person", "due")}
    state, sent = dispatch.unit_state(scene.period), scene.unit.sent_on(scene.period)
    done_on = sent - timedelta(2) if sent and state == DONE else None
    return {
        "number": dispatch.number,
        "check": dispatch.check,
        "item": "",
        **told,
        "state": state,
        "done_on": done_on,
    }


def _off_list(scene: Scene) -> list[str]:
    """The items the catalogue does not know at all."""
    return [name for (unit, name), odd in scene.district.unlisted.items() if unit == scene.unit.unit and not odd.near]


def _off_list_row(scene: Scene, name: str, person: str) -> Row:
    return {
        "problem": f"“{name}”未列入政务服务事项目录",
        "check": "9",
        "item": name,
        "cause": "事项由上级新增，目录尚未更新",
        "measure": "报区行政服务中心调整事项目录",
        "person": person,
        "due": LISTED_BY,
        "state": GOING,
    }
