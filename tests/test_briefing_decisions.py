"""briefing: what the office decided, dispatched and confirmed, and what changed since the forms before."""

from dataclasses import replace

import pytest

from pipeline.briefing.reviews import reviewed
from pipeline.document.blocks import Paragraph, TableBlock
from tests.briefings import annex, closed, decided, section, texts_of, usual, written
from tests.submissions import ROSTER


def test_a_draft_says_what_it_proposes_and_leaves_out_what_was_turned_down():
    draft = replace(decided(), draft=True)
    text = section(draft, "表扬单位及典型做法") + section(draft, "通报批评单位")
    refused = draft.proposals.loc[draft.proposals["confirmed"].eq("否"), "unit"].tolist()
    assert "拟对" in text
    assert refused
    assert not any(f"{name}。" in text for name in refused)


def test_once_all_is_decided_the_confirmed_proposals_are_facts():
    told = written(decided)
    text = section(told, "表扬单位及典型做法") + section(told, "通报批评单位")
    assert not told.masthead.draft
    assert "拟" not in text
    for kind in ("表扬", "通报"):
        for name in reviewed(decided(), kind):
            assert f"{name}。" in text
    assert "予以通报批评，由其在例会上作表态发言。" in text


def test_where_all_proposals_were_turned_down_the_sections_say_so():
    assert section(written(closed), "通报批评单位") == "本期无通报批评单位。"
    assert section(written(closed), "表扬单位及典型做法").startswith("本期无表扬单位。")


def test_a_proposal_nobody_has_decided_is_a_proposal_in_a_draft_only():
    undecided = usual()
    assert reviewed(undecided, "表扬")
    assert reviewed(replace(undecided, draft=False), "表扬") == []


def test_an_experience_that_was_taken_up_is_told_with_its_points():
    text = section(written(decided), "表扬单位及典型做法")
    assert f"已采用典型经验并加分的是{ROSTER[0]}（加2分）。" in text
    assert "加分" not in section(written(usual), "表扬单位及典型做法")


def test_only_confirmed_leads_are_named_and_only_those_handed_over_said_to_be():
    text = section(written(decided), "存在的问题")
    assert (
        f"经核查属实的线索2条：{ROSTER[1]}“甲事项”体外循环；{ROSTER[1]}“乙事项”体外循环。已移交区纪委监委1条。" in text
    )
    everything = "".join(texts_of(written(decided)))
    assert not any(word in everything for word in ("丙事项", "丁事项", "疑似"))
    assert "属实" not in section(written(usual), "存在的问题")


def test_inspections_are_told_with_what_was_found_and_without_names():
    text = section(written(decided), "存在的问题")
    assert f"督查查实2起：{ROSTER[1]}“" in text
    assert f"{ROSTER[3]}第7项人员进驻，首席代表不在岗（4月11日）" in text
    assert "孙检" not in text
    assert "另有3起" in section(written(closed), "存在的问题")


def test_dispatches_are_counted_closed_open_and_overdue():
    text = section(written(decided), "上期议定事项落实情况")
    assert f"登记督办派发事项3件，已办结1件，未办结2件（{ROSTER[1]}、{ROSTER[3]}）。" in text
    assert f"其中超过时限1件（{ROSTER[1]}）。" in text
    assert "没有登记的督办派发事项" in section(written(usual), "上期议定事项落实情况")


def test_the_annex_of_dispatches_lists_the_open_ones_and_is_the_only_place_with_a_person():
    (table,) = annex(written(decided), 4)
    told = [dict(zip(table.headers, row, strict=True)) for row in table.rows]
    assert [line["挂账号"] for line in told] == ["DB-01", "DB-02"]
    assert [(line["责任人"], line["时限"], line["状态"]) for line in told] == [
        ("郑重", "3月24日", "逾期"),
        ("何必", "—", "未开始"),
    ]
    assert "已办结的1件" in table.note
    elsewhere = "".join(text for text in texts_of(written(decided)) if text not in sum(table.rows, ()))
    assert "郑重" not in elsewhere
    assert isinstance(annex(written(closed), 4)[0], Paragraph)
    assert annex(written(usual), 4)[0].text == "截至4月14日，没有登记的督办派发事项。"


def test_what_moved_since_the_forms_before_is_one_sentence():
    assert "与各单位上次所报相比，事项新增3项、更名1项。" in section(written(decided), "进展情况")
    assert "与各单位上次所报相比，重新打开1个、延期1个。" in section(written(decided), "上期议定事项落实情况")


def test_corrections_that_came_after_the_printing_are_one_sentence():
    text = section(written(decided), "总体情况")
    assert f"另有1个单位（{ROSTER[2]}）对第2期数据作了更正，从本期起计入。" in text


def test_approved_modes_stand_as_such_and_waivers_below_the_matrix():
    (modes,) = annex(written(decided), 3)
    assert isinstance(modes, TableBlock)
    approved = [dict(zip(modes.headers, row, strict=True))["审定模式"] for row in modes.rows]
    assert approved.count("审核合一") == 1
    assert set(approved) == {"审核合一", ""}
    assert "审定模式" not in annex(written(usual), 3)[0].headers
    assert f"经批准豁免1项，按不适用：{ROSTER[5]}第4项。" in annex(written(decided), 2)[0].note
    assert "豁免" not in annex(written(usual), 2)[0].note


@pytest.mark.parametrize("confirmed", ["是", None])
def test_who_was_criticised_last_time_is_called_by_what_was_decided(confirmed):
    result = usual()
    before = result.proposals_before.assign(confirmed=confirmed)
    text = section(replace(result, proposals_before=before), "上期议定事项落实情况")
    assert ("上期通报批评的" if confirmed else "上期拟通报批评的") in text
