"""Drafts to the units: the right kind for each, in Chinese, with the marked form attached, and nothing a unit must not read."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from email import message_from_bytes
from email.policy import default
from functools import cache
from typing import Any

import pytest

from pipeline.letters import (
    RECEIPT,
    REMINDER,
    RETURN,
    Attachment,
    Letter,
    attachment_name,
    letter_sheets,
    render_letter,
    write_letters,
)
from pipeline.letters_rules import LetterRules
from pipeline.rules import RulesError, _parse
from pipeline.run import Result
from tests.districts import run_district
from tests.forms import ROOT, the_rules
from tests.worked import values_of

GOOD, GUESSED, FAULTY, SILENT = "区残联", "区民政局", "区司法局", "区财政局"


@cache
def a_district() -> Result:
    """Three units that reported: one faultless, one with a guess, one with errors; the others are silent."""
    guess = "事项清单：大厅办件量=12人\n单位信息：对接人员邮箱=mzj@163.com"
    faults = "事项清单 ×3：受理地点=窗口 | 厅外办件量=9\n授权委托：签订日期=已签\n单位信息：对接人员邮箱=没有"
    forms = {GOOD: "单位信息：对接人员邮箱=slqcl@163.com", GUESSED: guess, FAULTY: faults}
    told = [a_form(unit, form) for unit, form in forms.items()]
    return run_district({"forms": told, "catalogue": [], "periods": [1]})


def a_form(unit: str, form: str) -> Mapping[str, Any]:
    values = values_of({"form": form}, unit, 1)
    values.pop("catalogue")
    day = values["unit_info"][0]["filled_on"]
    return {"file": f"第1期/{unit}.xlsx", "unit": unit, "period": 1, "filled_on": day, "values": values}


def letters() -> dict[str, Letter]:
    return {letter.unit: letter for letter in write_letters(a_district())}


def mail(unit: str, attachment: Attachment | None = None) -> Any:
    return message_from_bytes(render_letter(letters()[unit], a_district().period, attachment), policy=default)


def test_every_unit_gets_the_letter_its_state_asks_for() -> None:
    kinds = {unit: letter.kind for unit, letter in letters().items()}
    assert [kinds[unit] for unit in (GOOD, GUESSED, FAULTY, SILENT)] == [RECEIPT, RECEIPT, RETURN, REMINDER]
    assert list(kinds) == list(the_rules().roster.names)


def test_a_receipt_tells_the_file_its_sum_and_what_was_counted() -> None:
    text = letters()[GOOD].text
    assert "文件：区残联.xlsx；填报日期：2023年3月17日" in text
    assert f"（sha256）：第1期/{GOOD}.xlsx。" in text  # the made-up sum of this test's files
    assert "读到事项1个" in text
    assert "理解" not in text


def test_a_receipt_tells_what_was_understood_with_a_guess() -> None:
    text = letters()[GUESSED].text
    assert "有1处写法不规范，已按意思理解如下" in text
    assert "事项清单 W5：“大厅办件量”写的“12人”，已理解为“12”" in text


def test_a_return_tells_the_count_the_main_points_and_until_when() -> None:
    text = letters()[FAULTY].text
    assert "有4处错误需要更正" in text
    assert "1．事项清单 O5 等3处：“受理地点”不能填“窗口”" in text
    assert "2．授权委托 C5：“签订日期”写的“已签”不是一个日期" in text
    assert "于2023年3月20日前发回" in text  # the day before the meeting of 03-21
    assert "区司法局（第1期退回补正）.xlsx" in text


def test_a_reminder_tells_the_day_it_was_due() -> None:
    letter = letters()[SILENT]
    assert letter.subject == "催报：第1期应进必进填报表（区财政局）"
    assert "应于2023年3月17日前报送" in letter.text


def test_the_address_is_that_of_the_form_then_of_the_roster_then_blank() -> None:
    assert letters()[GOOD].to == "slqcl@163.com"
    assert letters()[FAULTY].to == ""  # 没有 is no address
    roster = the_rules().roster
    units = tuple(u.model_copy(update={"email": "sfj@163.com"}) if u.name == FAULTY else u for u in roster.units)
    rules = the_rules().model_copy(update={"roster": roster.model_copy(update={"units": units})})
    told = {letter.unit: letter.to for letter in write_letters(replace(a_district(), rules=rules))}
    assert (told[GOOD], told[FAULTY], told[SILENT]) == ("slqcl@163.com", "sfj@163.com", "")


def test_the_draft_opens_unsent_with_its_chinese_subject_text_and_attachment() -> None:
    name = attachment_name(a_district(), FAULTY)
    message = mail(FAULTY, Attachment(name, b"PK marked"))
    assert message["X-Unsent"] == "1"
    assert message["Subject"] == "退回补正：第1期应进必进填报表（区司法局）"
    assert message["Date"].datetime == datetime(2023, 3, 17, 17, tzinfo=timezone(timedelta(hours=8)))
    assert str(message["Date"]).endswith("+0800")
    assert message.get_body().get_content().splitlines() == list(letters()[FAULTY].paragraphs)
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "区司法局（第1期退回补正）.xlsx"
    assert attached.get_content() == b"PK marked"
    assert not message.defects


def test_a_letter_without_an_attachment_is_plain_text() -> None:
    message = mail(GOOD)
    assert message["To"] == "slqcl@163.com"
    assert message.get_content_type() == "text/plain"
    assert "区残联：你单位第1期" in message.get_content()


def test_the_same_letter_gives_the_same_bytes() -> None:
    made = [render_letter(letters()[FAULTY], a_district().period, Attachment("表.xlsx", b"x")) for _ in range(2)]
    assert made[0] == made[1]
    assert all(line.endswith(b"\r\n") for line in made[0].splitlines(keepends=True))
    assert made[0].isascii()


def test_no_lead_and_no_telephone_number_is_in_any_letter() -> None:
    assert len(a_district().leads)
    for letter in letters().values():
        assert "疑似" not in letter.subject + letter.text
        assert "13800000000" not in letter.text


def test_the_texts_to_copy_are_those_of_the_drafts() -> None:
    texts, send_out = letter_sheets(tuple(letters().values()), a_district())
    titles = [column.title for column in texts.columns]
    assert titles == ["单位名称", "通知", "收件邮箱", "主题", "正文"]
    assert list(texts.rows[4]) == [letter.text for letter in letters().values()]
    assert "第2期" in send_out.rows[2].iloc[0]
    assert "2023年3月31日" in send_out.rows[2].iloc[0]


def test_a_sentence_with_a_fact_that_is_not_there_is_refused_with_those_that_are() -> None:
    text = (ROOT / "rules" / "letters.toml").read_text(encoding="utf-8")
    with pytest.raises(RulesError) as refused:
        _parse("letters.toml", text.replace("{errors}", "{mistakes}"), LetterRules)
    assert "letters.toml：returned › opening：" in str(refused.value)
    assert "“{mistakes}”没有内容可填；可用：{cutoff}、{errors}、" in str(refused.value)
