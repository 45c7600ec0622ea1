"""--dry-run: what a run would change against the outputs that are there."""

from dataclasses import replace
from pathlib import Path

from pipeline.dry_run import list_changes
from pipeline.outputs import SUMMARY
from pipeline.publish import Published, preview, publish
from pipeline.run import Result
from pipeline.summary.book import summary_sheets
from pipeline.workbook.render import render_workbook
from tests.results import GOOD, a_result

NAME = f"{SUMMARY}（第2期）.xlsx"


def summary_of(result: Result) -> dict[str, bytes]:
    return {NAME: render_workbook(summary_sheets(result), NAME.removesuffix(".xlsx"))}


def a_lower_score() -> Result:
    result = a_result()
    units = result.units.assign(score=result.units["score"].mask(result.units["unit"].eq(GOOD), 12.5))
    checks = result.checks.assign(numerator=result.checks["numerator"].mask(result.checks["unit"].eq(GOOD), 0))
    return replace(result, units=units, checks=checks)


def test_nothing_is_told_where_nothing_would_change(tmp_path: Path) -> None:
    files = summary_of(a_result())
    publish(tmp_path, files)
    assert list_changes(tmp_path, a_result(), preview(tmp_path, files)) == []


def test_scores_figures_and_files_that_would_change_are_told_beside_what_is_there(tmp_path: Path) -> None:
    publish(tmp_path, summary_of(a_result()) | {"旧文件.txt": b"1"})
    after = a_lower_score()
    changes = {change.what: change for change in list_changes(tmp_path, after, preview(tmp_path, summary_of(after)))}
    assert "12.50分" in changes[GOOD].after
    assert "12.50分" not in changes[GOOD].before
    assert changes["全区已进驻事项"].before != changes["全区已进驻事项"].after
    assert changes[NAME].after == "新的一份"
    assert changes["旧文件.txt"].after == "不再生成"


def test_without_outputs_all_files_are_new(tmp_path: Path) -> None:
    changes = list_changes(tmp_path, a_result(), preview(tmp_path, summary_of(a_result())))
    assert [(change.what, change.before) for change in changes] == [(NAME, "—")]


def test_a_workbook_that_cannot_be_read_leaves_only_the_files(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"no workbook")
    changes = list_changes(tmp_path, a_result(), Published(written=(NAME,)))
    assert [change.what for change in changes] == [NAME]
