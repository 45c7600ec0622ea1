"""Large submissions, the same every time: a form of hundreds of items and stages for each unit, and the 事项目录."""

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from random import Random

from xlsxwriter import Workbook

from pipeline.demo.district import FOLDER as DEMO
from pipeline.demo.district import Item, load_district
from pipeline.rules import Rules, load_rules
from pipeline.template.book import Stamp, write_form

ROOT = Path(__file__).resolve().parents[2]
PERIOD = 2
SLIPS = 0.02  # of the cells of a careless unit
CARELESS = 11  # one unit in so many is careless and gets its form back, as in the demo district
DEPARTMENTS = ["行政审批服务科", "综合科", "业务科", "法制科", "监管科"]
PLATFORM, OWN_SYSTEM, CLOSED_SYSTEM = "一体化政务服务平台", "市级业务审批系统", "全国业务管理信息系统"
# What else stands where a basis should: documents below a law, and no basis at all.
OTHER_BASES = [
    "《关于进一步规范行政审批的通知》（平政办〔2021〕{n}号）",
    "《河南省行政审批事项管理办法》第{n}条",
    "按有关规定",
    "内部管理制度",
    "同上",
    "",
]
STEPS = ["审查", "复核", "审核", "核准", "审定", "决定", "会签", "初审"]
MODES = ["审核合一", "一审一核", "一审两核", "特别程序"]
INSIDE = ["大厅", "大厅", "大厅", "大厅", "分厅"]


@dataclass(frozen=True)
class Size:
    """How many units report, and how many items and stages each of them lists."""

    units: int = 33
    items: int = 225
    stages: int = 900


def prepare(folder: Path, size: Size) -> Path:
    """The folder below `folder` that holds the submissions of this size; they are written only where they are not there yet."""
    target = folder / f"submissions-{_fingerprint(size)}"
    if not target.exists():
        unfinished = target.with_suffix(".part")
        shutil.rmtree(unfinished, ignore_errors=True)
        write_submissions(unfinished, size)
        unfinished.rename(target)
    return target


def _fingerprint(size: Size) -> str:
    """Changes with everything the submissions are made from: this file, the form, the roster, the demo's items, the size."""
    sources = [Path(__file__), ROOT / "rules" / "form.toml", ROOT / "rules" / "units.toml", DEMO / "items.csv"]
    content = b"".join(source.read_bytes() for source in sources) + repr(size).encode()
    return hashlib.sha256(content).hexdigest()[:16]


def write_submissions(folder: Path, size: Size) -> None:
    """Write a form for each of the first units of the roster, and a catalogue, into `folder`."""
    rules, models = load_rules(ROOT / "rules"), load_district().items
    folder.mkdir(parents=True)
    entries = []
    for number, unit in enumerate(rules.roster.names[: size.units]):
        form = fill_form(unit, size, models, SLIPS if number % CARELESS == 0 else 0.0)
        (folder / f"{unit}.xlsx").write_bytes(write_form(rules, form, Stamp(unit, f"第{PERIOD}期")))
        # The unit left out an item of the catalogue, and lists one that is not in it.
        entries += [{"unit": unit, **item} for item in form["items"][1:]]
        entries.append({"unit": unit, "name": "未列入填报表的事项", "item_type": "行政许可", "case_type": "承诺件"})
    _write_catalogue(folder / "事项目录.xlsx", entries, rules)


def fill_form(unit: str, size: Size, models: Sequence[Item], slips: float) -> dict[str, list[dict[str, object]]]:
    """The values of a unit's form; `slips` is the share of cells, where slips are made, that hold an error."""
    luck = Random(unit)
    items = [_item_row(luck, models[luck.randrange(len(models))], number, slips) for number in range(1, size.items + 1)]
    names = [str(item["name"]) for item in items]
    return {
        "unit_info": [_info_row(unit, luck)],
        "declarations": [_declaration(luck, number) for number in range(1, 10)],
        "items": items,
        "stages": list(_stage_rows(luck, items, size.stages, slips)),
        "authorisations": [_letter(luck, number, names) for number in range(1, 4)],
        "departments": [_department(luck, name) for name in DEPARTMENTS],
        "staff": [_person(luck, number) for number in range(1, 26)],
        "systems": [
            {"name": OWN_SYSTEM, "level": "市", "connected": luck.choice(["是", "否"])},
            {"name": CLOSED_SYSTEM, "level": "国家", "connected": "否", "refusal_no": "国办函〔2022〕8号"},
        ],
        "tasks": [_task(luck, number) for number in range(1, 11)],
        "problems": [_problem(luck, names) for _ in range(8)],
        "one_card": [_card(luck, name) for name in names[:20]],
    }


def _info_row(unit: str, luck: Random) -> dict[str, object]:
    return {
        "unit": unit, "period": f"第{PERIOD}期", "filled_on": date(2023, 3, luck.randint(25, 31)), "head": "张三", "leader": "李四",
        "leader_post": "副局长", "leader_phone": "0375-2530000", "liaison": "王五", "liaison_phone": "13800000000",
        "liaison_email": "slq@163.com", "no_items": "否", "experience": "推行“一窗受理”，平均办理时限压缩三成",
    }  # fmt: skip


def _declaration(luck: Random, number: int) -> dict[str, object]:
    return {"check": str(number), "declared": luck.choice(["是", "否"]), "explanation": f"第{number}项正在推进"}


def _item_row(luck: Random, model: Item, number: int, slips: float) -> dict[str, object]:
    entered, days = luck.random() < 0.85, luck.choice([5, 7, 10, 15, 20, 30])
    waiting = {} if entered else {"reason": "专网未通，接入后进驻", "planned": date(2023, 6, 30)}
    return {
        "seq": str(number), "name": f"{model.name}（第{number}类）", "code": f"114104{luck.randrange(10**12):012}4000105{number:06}",
        "item_type": model.item_type, "service_field": model.service_field, "department": luck.choice(DEPARTMENTS),
        "basis": model.basis, "forwarded": "否",
        "negative": "否", "in_hall": _slip(luck, slips, "是" if entered else "否", "已进"), "window": f"A{luck.randint(1, 60):02}", **waiting,
        "accept_at": luck.choice([*INSIDE, "网上", "大厅和厅外"]), "review_at": luck.choice([*INSIDE, "厅外"]),
        "decide_at": luck.choice([*INSIDE, "厅外"]), "deliver_at": luck.choice(INSIDE),
        "system": luck.choice([PLATFORM, PLATFORM, OWN_SYSTEM, CLOSED_SYSTEM]),
        "case_type": luck.choice(["即办件", "承诺件", "承诺件"]), "legal_days": days, "promised_days": luck.randint(1, days),
        "hall_cases": luck.randrange(40), "online_cases": luck.randrange(15),
        "outside_cases": _slip(luck, slips, int(luck.random() < 0.1), "若干"), "declared_mode": luck.choice(MODES),
        "online_stages": luck.randint(1, 4),
    }  # fmt: skip


def _slip(luck: Random, slips: float, right: object, wrong: object) -> object:
    """What stands in the cell: now and then not what the form asks for."""
    return wrong if luck.random() < slips else right


def _stage_rows(luck: Random, items: list[dict[str, object]], number: int, slips: float) -> Iterator[dict[str, object]]:
    """Rows spread evenly over the items, in their order."""
    for at in range(number):
        item = items[at * len(items) // number]
        special = luck.choice(["现场勘验", "专家评审", "公告"]) if luck.random() < 0.1 else None
        yield {
            "item": _slip(luck, slips, item["name"], f"{item['name']}（旧名称）"),
            "name": special or luck.choice(STEPS), "special": special, "person": luck.choice(DEPARTMENTS),
            "basis": _basis(luck, str(item["basis"])),
        }  # fmt: skip


def _basis(luck: Random, own: str) -> str:
    """Half of them the item's law with one article or another, the others anything an office writes."""
    if luck.random() < 0.5 and "第" in own:
        return f"{own[: own.index('第')]}第{luck.randint(1, 90)}条"
    return luck.choice([own, "《中华人民共和国行政许可法》第三十四条", *OTHER_BASES]).format(n=luck.randint(1, 90))


def _letter(luck: Random, number: int, names: list[str]) -> dict[str, object]:
    return {
        "number": f"委托书〔2023〕{number}号", "holder": f"科长{number}", "signed": date(2023, 3, 10), "valid_to": date(2024, 12, 31),
        "scope": "所列事项", "listed": "\n".join(luck.sample(names, len(names) // 3)), "decides": "是",
    }  # fmt: skip


def _department(luck: Random, name: str) -> dict[str, object]:
    return {
        "name": name,
        "approves": luck.choice(["是", "否"]),
        "approval_no": "平龙编〔2022〕3号",
        "in_hall": luck.choice(["整建制进驻", "部分进驻", "未进驻"]),
    }


def _person(luck: Random, number: int) -> dict[str, object]:
    return {
        "name": f"人员{number:02}",
        "department": luck.choice(DEPARTMENTS),
        "duty": luck.choice(["受理", "审核", "决定", "综合"]),
        "post": "窗口行政科长（首席代表）" if number == 1 else "窗口人员",
        "in_hall": luck.choice(["是", "是", "否"]),
    }


def _task(luck: Random, number: int) -> dict[str, object]:
    return {
        "number": f"RW-{number:02}", "content": "完成事项进驻大厅", "department": luck.choice(DEPARTMENTS), "person": "李四",
        "due": date(2023, luck.randint(3, 7), 20), "state": luck.choice(["未开始", "进行中"]), "progress": "正在推进",
    }  # fmt: skip


def _problem(luck: Random, names: list[str]) -> dict[str, object]:
    return {
        "problem": "仍有厅外办件", "check": luck.choice(["3", "8"]), "item": luck.choice(names), "measure": "4月底前迁入大厅窗口",
        "person": "李四", "due": date(2023, 4, 30), "state": "进行中",
    }  # fmt: skip


def _card(luck: Random, name: str) -> dict[str, object]:
    asked = luck.randint(4, 9)
    told = dict.fromkeys(("e_licence", "e_seal", "e_signature", "e_material"), luck.choice(["是", "否"]))
    return {"item": name, "card": "身份证", "materials": asked, "replaceable": asked - 1, "spared": asked - 3, **told}


def _write_catalogue(path: Path, entries: list[dict[str, object]], rules: Rules) -> None:
    columns = rules.form.catalogue.columns
    with Workbook(path) as book:
        book.set_properties({"created": datetime(2023, 3, 3)})
        page = book.add_worksheet(rules.form.catalogue.title)
        page.write_row(0, 0, [column.title for column in columns])
        for row, entry in enumerate(entries, start=1):
            page.write_row(row, 0, [entry.get(column.key, "") for column in columns])
