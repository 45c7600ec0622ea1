"""Rules are checked like user input: each kind of fault (tests/bad_rules/) is refused in words that name file, entry and remedy."""

import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

import process
from pipeline.rules import FILES, RulesError, load_rules
from tests.forms import ROOT

FAULTS = sorted((ROOT / "tests" / "bad_rules").glob("*.toml"))


def broken_rules(fault: Path, folder: Path) -> dict[str, Any]:
    """Write a copy of rules/ with the fault into `folder`; what is told of the fault."""
    told = tomllib.loads(fault.read_text(encoding="utf-8"))
    shutil.copytree(ROOT / "rules", folder)
    path = folder / told["file"]
    text = path.read_text(encoding="utf-8")
    assert told.get("find", "") in text, f"{fault.name}：rules/{told['file']} 里没有这一处了"
    if told.get("delete"):
        path.unlink()
    else:
        changed = text.replace(told.get("find", ""), told.get("put", ""), 1) if "find" in told else text
        path.write_text(changed, encoding=told.get("encoding", "utf-8"), errors="ignore")
    return told


@pytest.mark.parametrize("fault", FAULTS, ids=lambda path: path.stem)
def test_a_fault_in_the_rules_is_refused_with_file_entry_and_remedy(fault: Path, tmp_path: Path) -> None:
    told = broken_rules(fault, tmp_path / "rules")
    with pytest.raises(RulesError) as refusal:
        load_rules(tmp_path / "rules")
    text = refusal.value.text
    for words in told["says"]:
        assert words in text
    assert refusal.value.code == 2
    assert not re.search(r"Traceback|Error|validation|Input should|[a-z]+ [a-z]+ [a-z]+", text), text


def test_the_rules_of_the_project_are_sound_and_the_same_files_have_the_same_fingerprint(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    same = load_rules(tmp_path / "rules")
    assert same == load_rules(ROOT / "rules")
    path = tmp_path / "rules" / "checks.toml"
    path.write_text(path.read_text(encoding="utf-8") + "\n# 一句话\n", encoding="utf-8")
    assert load_rules(tmp_path / "rules").fingerprint != same.fingerprint


def test_every_rules_file_is_read_and_no_other_lies_there() -> None:
    assert {path.name for path in (ROOT / "rules").iterdir()} == set(FILES)


def test_a_file_saved_by_notepad_with_a_mark_in_front_is_read(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    for path in (tmp_path / "rules").iterdir():
        path.write_text(path.read_text(encoding="utf-8"), encoding="utf-8-sig")
    assert load_rules(tmp_path / "rules").checks == load_rules(ROOT / "rules").checks


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    path = tmp_path / "rules" / "ranking.toml"
    text = path.read_text(encoding="utf-8").replace("late = 2", 'late = "二"').replace("most = 3", "mist = 3")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RulesError) as refusal:
        load_rules(tmp_path / "rules")
    assert len(refusal.value.text.splitlines()) == 3  # late, mist, and most is missing


def test_a_changed_number_changes_what_follows_from_it(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    path = tmp_path / "rules" / "calendar.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("date = 2023-07-31", "date = 2023-08-31"), encoding="utf-8"
    )
    rules = load_rules(tmp_path / "rules")
    assert f"{rules.due_of(3):%m-%d}" == f"{rules.due_of(9):%m-%d}" == "08-31"
    assert f"{rules.due_of(1):%m-%d}" == "10-31"


def test_faulty_rules_end_the_run_before_anything_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken_rules(ROOT / "tests" / "bad_rules" / "weights.toml", tmp_path / "rules")
    folders = ["--inputs", str(tmp_path / "nowhere"), "--outputs", str(tmp_path / "outputs")]
    assert process.main([*folders, "--rules", str(tmp_path / "rules")]) == 2
    assert "各项权重合计须为 100" in capsys.readouterr().err
    assert not (tmp_path / "outputs").exists()
