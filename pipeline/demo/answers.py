"""How a demo unit answers the nine checks: honestly, from its own rows, but where its story says otherwise."""

from collections import Counter
from collections.abc import Iterable, Mapping

from pipeline.demo.items import BOTH, COMPANY, OUTSIDE, PUBLIC, Row, Scene
from pipeline.demo.ledger import has_cases, is_outside
from pipeline.form import NO, YES

Rows = Mapping[str, list[Row]]
Count = tuple[int, int]  # how many meet the check, of how many

NOT_APPLICABLE = "不适用"
BAD_IF_YES = ("8", "9")
PLACES = ("accept_at", "review_at", "decide_at", "deliver_at")


def declaration_rows(scene: Scene, form: Rows) -> list[Row]:
    """The rows of 九项自查, with what the unit says about each."""
    counts = count_checks(scene, form)
    return [_answer(scene, answer.check, counts[answer.check]) for answer in scene.district.answers]


def count_checks(scene: Scene, form: Rows) -> dict[str, Count | None]:
    """How far the unit's own rows meet each check; None where it does not apply."""
    must = [row for row in form["items"] if row["negative"] != YES]
    power = [row for row in must if row["item_type"] != PUBLIC]
    company = scene.unit.kind == COMPANY
    return {
        "1": _one_department(power, form) if power else None,
        "2": _departments_in(form) if power else None,
        "3": _count(row["in_hall"] == YES for row in must),
        "4": None if company else _authorised(must, form),
        "5": _connected(must, scene, form),
        "6": _count(not any(row[place] in (OUTSIDE, BOTH) for place in PLACES) for row in must),
        "7": _count(row["in_hall"] == YES for row in form["staff"]) if must else None,
        "8": _count(not is_outside(row) for row in must),
        "9": _listed(scene, form) or (0, 0),
    }


def _count(met: Iterable[bool]) -> Count | None:
    """How many of some truths hold; None where there are none."""
    truths = list(met)
    return (sum(truths), len(truths)) if truths else None


def _one_department(power: list[Row], form: Rows) -> Count:
    """Power items of the department most of them name; one short where others approve too or nobody approved it."""
    most = Counter(row["department"] for row in power).most_common(1)[0][1]
    approving = [row for row in form["departments"] if row["approves"] == YES]
    settled = len(approving) == 1 and bool(approving[0]["approval_no"])
    return (most, len(power)) if settled or most < len(power) else (most - 1, len(power))


def _departments_in(form: Rows) -> Count | None:
    return _count(row["in_hall"] == "整建制进驻" for row in form["departments"] if row["approves"] == YES)


def _authorised(must: list[Row], form: Rows) -> Count | None:
    own = [row for row in must if row["forwarded"] != YES]
    if not form["authorisations"]:
        return (0, len(own)) if own else None
    letter = form["authorisations"][0]
    listed, scope = str(letter["listed"]).split("；"), letter["scope"]
    return _count(scope == "全部事项" or (row["name"] in listed) == (scope == "所列事项") for row in own)


def _connected(must: list[Row], scene: Scene, form: Rows) -> Count | None:
    """Items on the platform or on a connected system; systems that may stay apart are left out."""
    systems = {row["name"]: row for row in form["systems"]}
    excused = {name for name, row in systems.items() if row["refusal_no"] and row["level"] in ("国家", "省")}
    counted = [row["system"] for row in must if row["system"] not in excused]
    platform = {scene.unit.platform} - {""}
    return _count(name in platform or (name in systems and systems[name]["connected"] == YES) for name in counted)


def _listed(scene: Scene, form: Rows) -> Count | None:
    unlisted = {
        name for (unit, name), odd in scene.district.unlisted.items() if unit == scene.unit.unit and not odd.near
    }
    return _count(not (row["name"] in unlisted and has_cases(row)) for row in form["items"])


def _answer(scene: Scene, check: str, count: Count | None) -> Row:
    if count is None:
        return {"check": check, "declared": NOT_APPLICABLE}
    done, total = count
    honest, met = done == total, _claim(scene, check, done == total)
    texts = next(answer for answer in scene.district.answers if answer.check == check)
    words = {"done": done, "total": total, "short": total - done}
    return {
        "check": check,
        "declared": (NO if met else YES) if check in BAD_IF_YES else (YES if met else NO),
        "explanation": texts.explanation.format(**words) if total and met == honest else "",
        "problem": "" if met or honest else texts.problem.format(**words),
    }


def _claim(scene: Scene, check: str, honest: bool) -> bool:
    """Whether the unit says it meets a check: the truth, but where it declares too high or too low."""
    if check in scene.unit.over.split("、"):
        return True
    return honest and check not in scene.unit.under.split("、")
