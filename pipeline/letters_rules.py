"""What a letter to a unit says: the sentences of rules/letters.toml, and the facts each may use."""

from typing import Annotated

from pydantic import Field

from pipeline.patterns import facts
from pipeline.rule import Many, Rule

GENERAL = ("unit", "period", "cutoff", "meeting", "until", "office")


class Receipt(Rule):
    """接收回执: the form came and counts as it is."""

    subject: Annotated[str, facts(*GENERAL)]
    opening: Annotated[str, facts(*GENERAL)]
    file: Annotated[str, facts("file", "filled_on", "sha256")]
    counted: Annotated[str, facts("items", "rows", "cells")]
    late: Annotated[str, facts("cutoff")]
    guesses: Annotated[str, facts("count")]
    remarks: Annotated[str, facts("count")]
    point: Annotated[str, facts("number", "place", "problem", "advice")]
    more: Annotated[str, facts("count")]
    closing: Annotated[str, facts(*GENERAL)]


class Return(Rule):
    """退回补正: the form has errors."""

    subject: Annotated[str, facts(*GENERAL)]
    opening: Annotated[str, facts(*GENERAL, "errors")]
    remarks: Annotated[str, facts("count")]
    file: Annotated[str, facts("file", "filled_on", "sha256")]
    points: Annotated[str, facts("count")]
    point: Annotated[str, facts("number", "place", "problem", "advice")]
    several: Annotated[str, facts("count")]
    attached: Annotated[str, facts(*GENERAL, "attachment")]
    closing: Annotated[str, facts(*GENERAL)]


class Reminder(Rule):
    """催报: nothing came, or no more than the 联系表."""

    subject: Annotated[str, facts(*GENERAL)]
    opening: Annotated[str, facts(*GENERAL)]
    contact_only: Annotated[str, facts(*GENERAL)]
    carried: Annotated[str, facts("last")]
    closing: Annotated[str, facts(*GENERAL)]


class SendOut(Rule):
    """发表: the forms of the next period go out."""

    subject: Annotated[str, facts("period", "cutoff", "meeting", "office")]
    text: Annotated[str, facts("period", "cutoff", "meeting", "office")]


class LetterRules(Rule):
    """rules/letters.toml."""

    office: str
    days_before_meeting: Annotated[int, Field(ge=0, le=10)]
    most_points: Annotated[int, Field(gt=0)]
    most_guesses: Annotated[int, Field(gt=0)]
    signature: Many[Annotated[str, facts(*GENERAL)]]
    receipt: Receipt
    returned: Return
    reminder: Reminder
    send_out: SendOut
