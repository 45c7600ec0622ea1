"""The grading of a legal basis, by worked examples that office staff can check and add (tests/cases/basis*.csv)."""

import time
import tomllib
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.basis import PENDING, UNSTATED, VALID, BasisRules, grade_bases, grade_basis

ROOT = Path(__file__).parent.parent
RULES_DATA = tomllib.loads((ROOT / "rules" / "basis.toml").read_text(encoding="utf-8"))
RULES = BasisRules.model_validate(RULES_DATA)
WORTH = {VALID: 2, PENDING: 1, UNSTATED: 0}


def examples(name: str) -> pd.DataFrame:
    return pd.read_csv(ROOT / "tests" / "cases" / name, dtype="str", keep_default_na=False, encoding="utf-8-sig")


def rules_with(**changes: object) -> BasisRules:
    return BasisRules.model_validate({**RULES_DATA, **changes})


def grade_of(text: str, rules: BasisRules = RULES) -> str:
    return grade_basis(text, rules).grade


CASES = examples("basis.csv")
GRADED = grade_bases(CASES["依据"], RULES)


# ---- worked examples ----


@pytest.mark.parametrize("case", list(CASES.itertuples()), ids=lambda case: f"{case.依据}: {case.为什么}")
def test_a_basis_has_the_grade_and_rank_the_example_says(case):
    graded = grade_basis(case.依据, RULES)
    assert (graded.grade, graded.rank) == (case.等级, case.位阶), f"{case.为什么}；{graded.reason}"


@pytest.mark.parametrize("case", list(examples("basis_reasons.csv").itertuples()), ids=lambda case: case.依据)
def test_the_reason_names_the_basis_and_what_it_lacks(case):
    assert grade_basis(case.依据, RULES).reason == case.理由


def test_every_grade_and_every_rank_has_an_example():
    assert set(CASES["等级"]) == {VALID, PENDING, UNSTATED}
    ranks = {known.rank for known in RULES.known} | {"地方性法规", "政府规章", "规范性文件"}
    assert ranks | {"不明", "内部文件", "未写依据", "同上", "写法不认识"} == set(CASES["位阶"])


@pytest.mark.parametrize("words", ["placeholders", "ditto", "internal"])
def test_each_word_of_a_list_alone_is_not_a_basis(words):
    assert {grade_of(word) for word in getattr(RULES, words)} == {UNSTATED}


@pytest.mark.parametrize("word", RULES.internal)
def test_an_internal_document_is_recognised_as_a_name_too(word):
    assert grade_basis(f"《石龙区{word}》第三条", RULES)[:2] == (UNSTATED, "内部文件")


@pytest.mark.parametrize("known", RULES.known, ids=lambda known: known.name)
def test_a_name_of_the_dictionary_is_graded_by_it(known):
    locator = "第1项" if known.rank == "国务院决定" else "第一条"
    graded = grade_basis(f"《中华人民共和国{known.name}（2019年修正）》{locator}", RULES)
    assert graded[:2] == (VALID if known.state == "现行" else UNSTATED, known.rank)


# ---- the frame ----


def test_the_frame_has_the_index_of_the_texts_and_the_agreed_columns():
    texts = pd.Series(
        ["《行政许可法》第三十四条", None, "同上", "《行政许可法》第三十四条"], index=[7, 7, 3, 1], dtype="str"
    )
    grades = grade_bases(texts, RULES)
    assert list(grades.columns) == ["grade", "rank", "reason", "unrecognised", "ditto"]
    assert list(grades.index) == [7, 7, 3, 1]
    assert list(grades["grade"]) == [VALID, UNSTATED, UNSTATED, VALID]
    assert list(grades["rank"]) == ["法律", "未写依据", "同上", "法律"]
    assert list(grades["ditto"]) == [False, False, True, False]


@pytest.mark.parametrize("texts", [[], [None, None]])
def test_columns_without_any_text_are_graded_with_the_same_types(texts):
    grades = grade_bases(pd.Series(texts, dtype="str"), RULES)
    assert len(grades) == len(texts)
    assert not grades["unrecognised"].any()
    assert grades.dtypes.equals(GRADED.dtypes)


def test_unrecognised_marks_exactly_what_fell_through():
    assert GRADED["unrecognised"].equals(CASES["位阶"].eq("写法不认识"))


def test_ditto_marks_exactly_what_points_to_the_row_above():
    assert GRADED["ditto"].equals(CASES["位阶"].eq("同上"))


def test_ditto_beside_a_placeholder_still_points_to_the_row_above():
    assert grade_basis("无；同上", RULES).ditto


def test_something_unknown_beside_a_placeholder_is_still_to_be_looked_at():
    assert grade_basis("无；窗口工作人员审核", RULES).unrecognised


def test_something_unknown_beside_a_basis_is_of_no_matter():
    assert not grade_basis("窗口工作人员审核；《建筑法》", RULES).unrecognised


def test_a_hundred_thousand_rows_with_repeats_take_no_time():
    texts = CASES["依据"].sample(100_000, replace=True, random_state=1)
    start = time.perf_counter()
    grade_bases(texts, RULES)
    assert time.perf_counter() - start < 3


@pytest.mark.parametrize("bit", ["1、", "《A", "法;", "实施《A》", "及其", "年(", "第一"])
def test_no_cell_however_odd_takes_long(bit):
    start = time.perf_counter()
    grade_basis(bit * (32_000 // len(bit)), RULES)
    assert time.perf_counter() - start < 5


# ---- what the office may edit ----


def test_a_policy_document_can_be_made_incomplete_always():
    text = "《关于深化改革的通知》（豫政办〔2022〕5号）"
    graded = grade_basis(text, rules_with(policy_grade="待补"))
    assert (grade_of(text), graded.grade, graded.rank) == (VALID, PENDING, "规范性文件")
    assert graded.reason.endswith("是规范性文件，请补充法律法规依据")


def test_a_policy_document_of_the_dictionary_needs_no_number():
    known = {"name": "河南省政务服务事项目录", "rank": "规范性文件", "state": "现行"}
    rules = rules_with(known=[*RULES_DATA["known"], known])
    assert grade_of("《河南省政务服务事项目录》") == PENDING
    assert grade_of("《河南省政务服务事项目录》", rules) == VALID


def test_a_law_repealed_in_the_dictionary_no_longer_counts():
    known = {"name": "中华人民共和国畜牧法", "rank": "法律", "state": "废止", "reason": "某日起废止"}
    rules = rules_with(known=[*RULES_DATA["known"], known])
    assert grade_of("《畜牧法》第一条") == VALID
    assert grade_basis("《畜牧法》第一条", rules)[:3] == (UNSTATED, "法律", "已废止：《畜牧法》某日起废止")


def test_another_home_region_makes_its_regulations_local_ones():
    rules = rules_with(home_regions=["北京市"])
    assert grade_basis("《北京市物业管理条例》第五条", rules)[:2] == (VALID, "地方性法规")
    assert grade_of("《河南省物业管理条例》第五条", rules) == PENDING


def test_words_of_the_rules_are_compared_in_normal_form():
    rules = rules_with(internal=["试点 台账Ａ"], placeholders=["ＮＩＬ"], unfilled=["□□"])
    assert grade_basis("试点台账A", rules).rank == "内部文件"
    assert grade_basis("nil", rules).rank == "未写依据"
    assert grade_of("《□□法》第三条", rules) == PENDING


def test_empty_lists_are_allowed():
    lists = [key for key, value in RULES_DATA.items() if isinstance(value, list)]
    rules = rules_with(**{key: [] for key in lists})
    assert grade_of("《建筑法》第八条", rules) == VALID
    assert grade_basis("无", rules).unrecognised


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"known": [{"name": "合同法", "rank": "法律", "state": "废止"}]}, "“合同法”已废止，须写明 reason"),
        (
            {"known": [{"name": name, "rank": "法律", "state": "现行"} for name in ("建筑法", "中华人民共和国建筑法")]},
            "名称重复：建筑法",
        ),
        ({"internal": ["会议纪要", " "]}, "词表里有空的词"),
        ({"policy_grade": "未列明"}, "policy_grade"),
    ],
)
def test_faulty_rules_are_refused_with_the_entry_and_the_remedy(changes, words):
    with pytest.raises(ValidationError, match=words):
        rules_with(**changes)


def test_a_repealed_entry_with_its_reason_is_accepted():
    rules = rules_with(known=[{"name": "合同法", "rank": "法律", "state": "废止", "reason": "由《民法典》代替"}])
    assert len(rules.known) == 1


# ---- what holds for any text ----

BITS = [
    *"《》〈〉<>«»（）[]；;、，。\n第条令号无",
    *(
        "〔2022〕",
        "(2019年)",
        "三十四",
        "34",
        "第三十四条",
        "第5项",
        "附件第5项",
        "第三章",
        "豫政办〔2022〕5号",
        "GB50016",
    ),
    *(
        "国务院令第279号",
        "住建部令第5号",
        "河南省人民政府令第5号",
        "行政许可法",
        "合同法",
        "办法",
        "条例",
        "决定",
        "国务院",
    ),
    *("河南省", "北京市", "实施", "会议纪要", "同上", "有关规定", "根据", "及其", "《建筑法》", "《通知》"),
    *("《建设工程质量管理条例》", "《河南省实施〈消防法〉办法》"),
]
texts = st.one_of(
    st.text(max_size=40),
    st.lists(st.sampled_from(BITS), max_size=10).map("".join),
    st.sampled_from(list(CASES["依据"])),
)
spaces = st.sampled_from([" ", "\n", "\u3000", "\t", "\r\n", "\u00a0", "\u200b"])


@given(texts)
@settings(max_examples=400, deadline=None)
def test_any_text_has_one_of_the_three_grades(text):
    assert grade_of(text) in WORTH


@given(texts, st.lists(st.tuples(st.integers(0, 40), spaces), max_size=5))
@settings(max_examples=300, deadline=None)
def test_white_space_does_not_change_the_grade(text, insertions):
    spaced = text
    for place, space in insertions:
        spaced = spaced[:place] + space + spaced[place:]
    assert grade_basis(spaced, RULES) == grade_basis(text, RULES)


@given(
    texts,
    st.sampled_from(["《》", "〈〉", "<>", "＜＞", "«»"]),
    st.sampled_from(["()", "（）", "[]", "［］", "【】", "〔〕"]),
)
@settings(max_examples=300, deadline=None)
def test_the_style_of_brackets_does_not_change_the_grade(text, marks, brackets):
    styled = text.translate(str.maketrans({"《": marks[0], "》": marks[1], "（": brackets[0], "）": brackets[1]}))
    assert grade_basis(styled, RULES) == grade_basis(text, RULES)


@pytest.mark.parametrize("text", CASES["依据"])
def test_doubled_angle_signs_are_marks_of_a_name(text):
    doubled = text.translate(str.maketrans({"《": "<<", "》": ">>"}))
    assert grade_of(doubled) == grade_of(text)


@given(texts, texts, st.sampled_from(["；", ";"]))
@settings(max_examples=300, deadline=None)
def test_two_texts_joined_have_the_better_grade_of_the_two(one, other, separator):
    assert grade_of(one + separator + other) == max(grade_of(one), grade_of(other), key=WORTH.__getitem__)
