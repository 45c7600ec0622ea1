"""Whose form it is: names as people write them, and whom a wrong one may mean."""

import pytest

from pipeline.names import normal_name
from pipeline.roster import match_unit
from tests.forms import the_rules

ROSTER = the_rules().roster


@pytest.mark.parametrize("unit", ROSTER.units, ids=lambda unit: unit.name)
def test_a_unit_is_known_by_short_name_full_name_and_every_alias(unit) -> None:
    for name in filter(None, (unit.name, unit.full, *unit.aliases)):
        for written in (name, f" {name}（盖章）", f"{name[:2]} {name[2:]}"):
            assert match_unit(written, ROSTER).unit == unit.name


def test_no_name_means_two_units() -> None:
    names = [normal_name(name) for unit in ROSTER.units for name in {unit.name, unit.full, *unit.aliases} - {""}]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("平顶山市石龙区教体局", "区教体局"),
        ("石龙区教体局", "区教体局"),
        ("区教体局（公章）", "区教体局"),
        ("教体局", "区教体局"),
        ("区 教 体 局\n", "区教体局"),
        ("平顶山市公安局石龙分局", "区公安局"),
    ],
)
def test_the_district_before_the_name_and_a_stamp_after_it_may_be_left_out(written: str, unit: str) -> None:
    assert match_unit(written, ROSTER).unit == unit


@pytest.mark.parametrize(
    "written",
    [
        "市财政局",
        "平顶山市财政局",
        "平顶山市教育体育局",
        "市教体局",
        "财政局局长",
        "石龙区",
        "平顶山市石龙区",
        "盖章",
        "",
        "　",
    ],
)
def test_a_city_bureau_or_no_name_is_never_a_unit(written: str) -> None:
    assert match_unit(written, ROSTER).unit == ""


def test_a_weak_alias_only_suggests() -> None:
    for unit in ROSTER.units:
        for weak in unit.weak:
            match = match_unit(weak, ROSTER)
            assert match.unit == ""
            assert unit.name in match.suggestions


def test_a_slip_suggests_and_a_strange_name_suggests_nothing() -> None:
    assert match_unit("区教休局", ROSTER).suggestions[0] == "区教体局"
    assert match_unit("某某超市", ROSTER).suggestions == ()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("事项（一）", "事项(一)", True),
        ("《食品》经营 许可", "食品经营许可", True),
        ("ＡＢ１", "AB1", True),
        ("“一窗”受理", "一窗受理", True),
        ("甲、乙", "甲乙", False),
        ("甲-乙", "甲乙", False),
        ("ab", "AB", False),
    ],
)
def test_names_are_compared_without_width_white_space_and_brackets(one: str, other: str, same: bool) -> None:
    assert (normal_name(one) == normal_name(other)) == same
