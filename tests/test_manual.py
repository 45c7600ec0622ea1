"""The page that lists every kind of finding is complete, fresh and linked."""

import re

from pipeline.findings import ERROR, FAULTS
from pipeline.manual import EXAMPLES, PAGE, manual_page
from tests.forms import ROOT, the_rules


def test_the_page_is_what_the_program_would_write_today() -> None:
    assert PAGE.read_text(encoding="utf-8") == manual_page(the_rules().form), "请运行 python -m pipeline.manual"


def test_every_kind_of_finding_has_an_example_and_a_line() -> None:
    assert set(EXAMPLES) == set(FAULTS)
    assert sorted(re.findall(r"^\| `(\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)) == sorted(FAULTS)


def test_the_examples_are_whole_sentences_with_nothing_left_open() -> None:
    for line in re.findall(r"^\| `.*", PAGE.read_text(encoding="utf-8"), re.MULTILINE):
        assert not re.search(r"[{}]|None|nan|“”|：；|例： \|", line), line


def test_errors_and_remarks_stand_apart() -> None:
    errors, remarks, phoned = PAGE.read_text(encoding="utf-8").split("\n## ")[1:]
    assert "`missing`" in errors
    assert "`guessed`" in remarks
    assert "`phone_corrected`" in phoned
    assert len(re.findall(r"^\| `", errors, re.MULTILINE)) == sum(f.level == ERROR for f in FAULTS.values())


def test_the_manual_links_to_the_page() -> None:
    assert "(docs/数据问题一览.md)" in (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")
