"""The form of a demo unit for a period, as values: sheet key -> rows -> column key -> value. Faultless as yet."""

from collections.abc import Sequence
from datetime import date, timedelta

from pipeline.demo.answers import declaration_rows
from pipeline.demo.district import District, Item, Task, Unit
from pipeline.demo.items import COMPANY, PUBLIC, Row, Scene, dice, item_rows, stage_rows
from pipeline.demo.ledger import DONE, GOING, OPEN, problem_rows
from pipeline.demo.moves import move_items
from pipeline.form import NO, YES

Form = dict[str, list[Row]]

HEAD_POST, DESK_POST, BACK_POST = "窗口行政科长（首席代表）", "窗口人员", "后台审批"
WHOLE, PART, OUT = "整建制进驻", "部分进驻", "未进驻"
ALL_ITEMS, LISTED, ALL_BUT = "全部事项", "所列事项", "除所列事项外"
START = date(2023, 3, 3)
FIRST_STAFF = 3  # the people of a unit: its head, its leader in charge, its liaison, then the approving staff


def fill_form(district: District, unit: Unit, period: int) -> Form:
    """What the unit would report for the period if it made no mistake in the cells."""
    scene = Scene(district, unit, period)
    form: Form = {
        "unit_info": [_info_row(scene)],
        "items": item_rows(scene),
        "stages": stage_rows(scene),
        "authorisations": _letter_rows(scene),
        "departments": _department_rows(scene),
        "staff": _staff_rows(scene),
        "systems": _system_rows(scene),
        "tasks": _task_rows(scene),
        "problems": problem_rows(scene, people_of(district, unit)[1]),
        "one_card": _card_rows(scene),
    }
    form = move_items(form, [move for move in district.oddities.moves if move.unit == unit.unit], period)
    form["declarations"] = declaration_rows(scene, form)
    return form


def people_of(district: District, unit: Unit) -> list[str]:
    """The invented people of a unit, no two of one name."""
    number, luck = FIRST_STAFF + int(unit.staff), dice(unit.unit, "people")
    surnames = luck.sample(district.people.surnames, number)
    return [
        surname + given for surname, given in zip(surnames, luck.sample(district.people.given, number), strict=True)
    ]


def filled_on(scene: Scene) -> date:
    """The day the form was filled in; where none was sent, the last of the fortnight."""
    return scene.unit.sent_on(scene.period) or START + timedelta(14 * scene.period)


def _info_row(scene: Scene) -> Row:
    unit, luck = scene.unit, dice(scene.unit.unit, "phones")
    head, leader, liaison = people_of(scene.district, unit)[:FIRST_STAFF]
    told = {
        text.column: text.text
        for text in scene.district.texts
        if text.unit == unit.unit and int(text.period) == scene.period
    }
    return {
        "unit": unit.unit,
        "period": f"第{scene.period}期",
        "filled_on": filled_on(scene),
        "head": head,
        "leader": leader,
        "leader_post": unit.post,
        "leader_phone": f"0375-25{luck.randrange(10**5):05}",
        "liaison": liaison,
        "liaison_phone": f"1380000{luck.randrange(10**4):04}",
        "liaison_email": f"slq{unit.mail}@163.com",
        "no_items": NO if scene.items else YES,
        **told,
    }


def _letter_rows(scene: Scene) -> list[Row]:
    """The letters of authorisation: none, one for the items in the hall, for all but the others, or for all."""
    scope = scene.unit.at("letters", scene.period)
    if scope not in (ALL_ITEMS, LISTED, ALL_BUT):
        return []
    return [
        {
            "number": f"委托书〔2023〕{scene.period}号",
            "holder": people_of(scene.district, scene.unit)[FIRST_STAFF],
            "signed": filled_on(scene) - timedelta(5),
            "valid_to": date(2024, 12, 31) if scope == ALL_ITEMS else None,
            "scope": scope,
            "listed": "；".join(_listed(scene, scope)),
            "decides": YES,
        }
    ]


def _listed(scene: Scene, scope: str) -> list[str]:
    """The items a letter lists; one that excepts items excepts at least the last."""
    if scope == ALL_ITEMS:
        return []
    inside = scope == LISTED
    names = [item.name for item in scene.items if (item.name in scene.entered) == inside]
    return names or [scene.items[-1].name]


def _department_rows(scene: Scene) -> list[Row]:
    """The departments: the one for approvals where there is one, and those the items belong to."""
    unit = scene.unit
    if not scene.items:
        return [{"name": "办公室", "approves": NO, "approval_no": "", "in_hall": OUT}]
    names = dict.fromkeys([unit.office, *(item.department for item in scene.items)])
    return [_department_row(scene, name) for name in names]


def _department_row(scene: Scene, name: str) -> Row:
    unit, own = scene.unit, name == scene.unit.office
    merged = unit.is_merged(scene.period)
    approves = own if merged else any(_is_power(item) and item.department == name for item in scene.items)
    entered = any(item.department == name and item.name in scene.entered for item in scene.items)
    return {
        "name": name,
        "approves": YES if approves else NO,
        "approval_no": unit.office_no if own else "",
        "in_hall": unit.at("office_hall", scene.period) if own else PART if entered else OUT,
    }


def _is_power(item: Item) -> bool:
    return item.item_type != PUBLIC and not item.negative_no


def _staff_rows(scene: Scene) -> list[Row]:
    """The approving staff, the head of the window first; those not in the hall last."""
    unit, names = scene.unit, people_of(scene.district, scene.unit)[FIRST_STAFF:]
    in_hall = int(unit.at("staff_in", scene.period))
    departments = _staff_departments(scene)
    return [
        {
            "name": name,
            "department": departments[at % len(departments)],
            "duty": "决定" if at == 0 else "综合" if at < in_hall else "审核",
            "post": HEAD_POST if at == 0 and unit.kind != COMPANY else DESK_POST if at < in_hall else BACK_POST,
            "in_hall": YES if at < in_hall else NO,
        }
        for at, name in enumerate(names)
    ]


def _staff_departments(scene: Scene) -> Sequence[str]:
    """Where the staff sit: in the department for approvals, or where most items are."""
    if scene.unit.is_merged(scene.period):
        return [scene.unit.office]
    return list(dict.fromkeys(item.department for item in scene.items))


def _system_rows(scene: Scene) -> list[Row]:
    return [
        {
            "name": system.name,
            "level": system.level,
            "connected": YES if 0 < int(system.connected_from) <= scene.period else NO,
            "refusal_no": system.refusal_no,
        }
        for system in scene.district.systems
        if system.unit == scene.unit.unit
    ]


def _task_rows(scene: Scene) -> list[Row]:
    """The tasks of a unit with items, moved on from period to period."""
    if not scene.items:
        return []
    person = people_of(scene.district, scene.unit)[1]
    return [
        {
            "number": f"RW-{at:02}",
            "content": task.content,
            "department": scene.unit.office or scene.items[0].department,
            "person": person,
            "due": date.fromisoformat(task.due),
            **_progress(scene, task),
        }
        for at, task in enumerate(scene.district.tasks, start=1)
    ]


def _progress(scene: Scene, task: Task) -> Row:
    """State, day and progress of a task."""
    done = int(getattr(task, scene.unit.pace))
    if 0 < done <= scene.period:
        finished = filled_on(Scene(scene.district, scene.unit, done)) - timedelta(3)
        return {"state": DONE, "done_on": finished, "progress": "已完成"}
    if int(task.begins) > scene.period:
        return {"state": OPEN, "progress": ""}
    entered = len(scene.entered)
    return {"state": GOING, "progress": task.progress.format(entered=entered, left=len(scene.items) - entered)}


def _card_rows(scene: Scene) -> list[Row]:
    rows: list[Row] = []
    for card in scene.district.cards:
        if card.unit != scene.unit.unit:
            continue
        done = 0 < int(card.done_from) <= scene.period
        rows.append(
            {
                "item": card.item,
                "card": card.card,
                "materials": int(card.materials),
                "replaceable": int(card.replaceable),
                "spared": int(card.spared.split("/")[scene.period - 1]),
                "e_licence": card.e_licence,
                "e_seal": card.e_seal,
                "e_signature": card.e_signature,
                "e_material": card.e_material,
                "done": YES if done else NO,
                "reason": "" if done else card.reason,
            }
        )
    return rows
