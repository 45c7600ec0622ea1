"""The items of a demo unit in a period and their stages: what is in the hall, where it is worked, how often."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from random import Random

from pipeline.demo.district import District, Item, Outside, Plan, Step, Unit
from pipeline.form import NO, YES

Row = dict[str, object]

SEED = "石龙区示例"
PUBLIC, FILING, COMPANY = "公共服务", "行政备案", "91"
HALL, BRANCH, OUTSIDE, BOTH, ONLINE = "大厅", "分厅", "厅外", "大厅和厅外", "网上"
NONE, ABOVE = "不涉及", "上级机关"
# Digits of an 实施编码 by type; the national table has none for 行政备案.
TYPE_DIGITS = {
    "行政许可": "01",
    "行政给付": "05",
    "行政确认": "07",
    "行政奖励": "08",
    "行政裁决": "09",
    "其他行政权力": "10",
    "公共服务": "20",
}
COUNTY_LEVEL = "4"
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
SPECIAL = {"公告", "现场勘验", "听证", "专家评审", "委员会会议决定", "检验检测", "其他"}


def dice(*names: object) -> Random:
    """Chance that is the same for the same names in every run."""
    return Random("/".join(map(str, (SEED, *names))))


def credit_code(unit: Unit) -> str:
    """An invented 统一社会信用代码 of 18 characters with valid check characters (GB 11714, GB 32100)."""
    body = "".join(dice(unit.unit, "code").choices("0123456789", k=8))
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    first = unit.kind + unit.region + body + {10: "X", 11: "0"}.get(rest, str(rest))
    total = sum(CREDIT_ALPHABET.index(sign) * pow(3, place, 31) for place, sign in enumerate(first))
    return first + CREDIT_ALPHABET[-total % 31]


def item_codes(district: District, unit: Unit) -> dict[str, str]:
    """The 实施编码 of the unit's items by name: its credit code, the level digit and twelve of the item's own."""
    head = credit_code(unit) + COUNTY_LEVEL
    kinds = {item.name: TYPE_DIGITS.get(item.item_type) for item in district.items_of(unit)}
    return {
        name: f"{head}00{kind}{unit.authority}{number:03}000"
        for number, (name, kind) in enumerate(kinds.items(), start=1)
        if kind
    }


@dataclass(frozen=True)
class Scene:
    """A unit in a period, and which of its items have come how far."""

    district: District
    unit: Unit
    period: int

    @cached_property
    def items(self) -> list[Item]:
        """The unit's items, in the order of its form."""
        return self.district.items_of(self.unit)

    @cached_property
    def outside(self) -> dict[str, Outside]:
        """The items worked outside though they are in the hall, by name."""
        return {case.item: case for case in self.district.outside if case.unit == self.unit.unit}

    @cached_property
    def entered(self) -> set[str]:
        """The names of the items in the hall: those without a hurdle come first."""
        ready = self._shuffled(item.name for item in self.items if not item.negative_no)
        hurdles = {item.name: bool(item.hurdle) and item.name not in self.outside for item in self.items}
        ready.sort(key=lambda name: (name not in self.outside, hurdles[name]))
        return set(ready[: self.unit.share("entered", self.period, len(ready))])

    @cached_property
    def inside(self) -> set[str]:
        """The names of the entered items whose decision is taken in the hall."""
        names = self._shuffled(item.name for item in self.items if item.name in self.entered)
        return set(names[: self.unit.share("inside", self.period, len(names))])

    @cached_property
    def mended(self) -> set[str]:
        """The names of the items whose faulty stages have been mended."""
        faulty = self._shuffled(item.name for item in self.items if self.plan(item).is_faulty)
        return set(faulty[: self.unit.share("mended", self.period, len(faulty))])

    def plan(self, item: Item) -> Plan:
        """How the item's approval is laid out."""
        return self.district.plans[item.plan]

    def _shuffled(self, names: Iterable[str]) -> list[str]:
        ordered = list(names)
        dice(self.unit.unit, "order").shuffle(ordered)
        return ordered


def item_rows(scene: Scene) -> list[Row]:
    """The rows of 事项清单."""
    codes = item_codes(scene.district, scene.unit)
    return [_item_row(scene, item, at, codes.get(item.name, "")) for at, item in enumerate(scene.items)]


def _item_row(scene: Scene, item: Item, at: int, code: str) -> Row:
    return {
        "seq": str(at + 1),
        "name": item.name,
        "code": "" if (scene.unit.unit, item.name) in scene.district.unlisted else code,
        "item_type": item.item_type,
        "service_field": item.service_field,
        "department": _department(scene, item),
        "basis": item.basis,
        "forwarded": item.forwarded,
        "negative": YES if item.negative_no else NO,
        "negative_no": item.negative_no,
        **_entry(scene, item, at),
        **_places(scene, item),
        "system": item.system or scene.unit.platform,
        "case_type": item.case_type,
        "legal_days": int(item.legal_days),
        "promised_days": int(item.promised_days),
        **_cases(scene, item),
        **_mode(scene, item),
    }


def _department(scene: Scene, item: Item) -> str:
    merged = scene.unit.is_merged(scene.period) and item.item_type != PUBLIC
    return scene.unit.office if merged else item.department


def _entry(scene: Scene, item: Item, at: int) -> Row:
    """The columns of 进驻; slow units do not say why before 第2期."""
    if item.name in scene.entered:
        windows = scene.unit.windows.split("、")
        return {"in_hall": YES, "window": windows[at % len(windows)]}
    silent = scene.period == 1 and scene.unit.pace in ("slow", "stuck")
    if item.negative_no or silent:
        return {"in_hall": NO}
    hurdle = scene.district.hurdles[item.hurdle]
    return {"in_hall": NO, "reason": hurdle.reason, "planned": date.fromisoformat(hurdle.planned)}


def _places(scene: Scene, item: Item) -> Row:
    """Where the item is accepted, reviewed, decided and delivered."""
    entered = item.name in scene.entered
    desk = BRANCH if scene.unit.kind == COMPANY else HALL
    busy = int(item.volume) > 0
    accept = desk if entered else OUTSIDE if busy else ONLINE
    review = desk if entered else OUTSIDE
    decide = desk if item.name in scene.inside else OUTSIDE
    if item.item_type == PUBLIC:
        review = decide = NONE
    elif item.forwarded == YES:
        decide = ABOVE
    case = _outside_case(scene, item)
    if case:
        accept = case.accept_at
        decide = decide if decide in (NONE, ABOVE) else case.decide_at
    return {
        "accept_at": accept,
        "review_at": review,
        "decide_at": decide,
        "deliver_at": desk if entered else OUTSIDE,
    }


def _outside_case(scene: Scene, item: Item) -> Outside | None:
    """How the item is worked outside in this period, though it is in the hall."""
    case = scene.outside.get(item.name)
    return case if case and _cases_outside(case, scene.period) else None


def _cases_outside(case: Outside, period: int) -> int:
    return int(case.cases.split("/")[period - 1])


def _cases(scene: Scene, item: Item) -> Row:
    """The cases of the fortnight: about `volume`, a third of them online once the item is in the hall."""
    total = round(int(item.volume) * dice(scene.unit.unit, item.name, scene.period).uniform(0.75, 1.25))
    if item.name not in scene.entered:
        return {"hall_cases": 0, "online_cases": 0, "outside_cases": total}
    case = _outside_case(scene, item)
    outside = _cases_outside(case, scene.period) if case else 0
    online = round(max(total - outside, 0) * 0.3) if scene.unit.pace != "stuck" else 0
    return {"hall_cases": max(total - outside - online, 0), "online_cases": online, "outside_cases": outside}


def _mode(scene: Scene, item: Item) -> Row:
    plan = scene.plan(item)
    if item.name not in scene.mended:
        return {"declared_mode": plan.mode, "online_stages": plan.online}
    return {"declared_mode": plan.mended_mode or plan.mode, "online_stages": plan.mended_online or plan.online}


def stage_rows(scene: Scene) -> list[Row]:
    """The rows of 审批环节."""
    return [_stage_row(scene, item, step) for item in scene.items for step in _steps(scene, item)]


def _steps(scene: Scene, item: Item) -> list[Step]:
    mended = item.name in scene.mended
    return [step for step in scene.plan(item).stages if not (step.cut and mended) and (mended or not step.added)]


def _stage_row(scene: Scene, item: Item, step: Step) -> Row:
    basis = step.mended if step.mended and item.name in scene.mended else step.basis
    name = step.name.format(special=item.special)
    words = {"item": item.basis, "own": item.special_basis, "habit": scene.unit.habit, "paper": scene.unit.paper}
    return {
        "item": item.name,
        "name": name,
        "special": name if name in SPECIAL else "",
        "person": step.person,
        "basis": basis.format(**words),
    }
