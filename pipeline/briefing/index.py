"""The 工作简报 -> 简报索引: every key figure of its body with its bookmark, its sentence and the cells it comes from."""

import re
from collections.abc import Iterator

import pandas as pd

from pipeline.briefing.body import write_briefing
from pipeline.document.blocks import Block, Briefing, Heading, Paragraph, TableBlock
from pipeline.passages import Figure, Passage
from pipeline.run import Result

COLUMNS = ["书签", "段落", "句子", "数值", "来源"]
_ENDS = re.compile(r"(?<=。)(?!”)")


def briefing_index(result: Result) -> pd.DataFrame:
    """A line for every key figure in the order of reading: COLUMNS, all of them text."""
    return pd.DataFrame(list(_lines(write_briefing(result))), columns=COLUMNS, dtype="str")


def _lines(briefing: Briefing) -> Iterator[tuple[str, str, str, str, str]]:
    section = ""
    for block in briefing.blocks:
        section = block.text if isinstance(block, Heading) and block.level == 1 else section
        place = block.title if isinstance(block, TableBlock) else section
        for figure, sentence in _told(block):
            yield figure.name, place, sentence, figure.text, figure.source.words


def _told(block: Block) -> Iterator[tuple[Figure, str]]:
    """The figures of a block, each with the sentence, or the row, it stands in."""
    if isinstance(block, Paragraph) and isinstance(block.said, Passage):
        yield from _by_sentence(block.said)
    if isinstance(block, TableBlock):
        for row in block.rows:
            texts = [cell if isinstance(cell, str) else cell.text for cell in row]
            line = "，".join(f"{head}：{text}" for head, text in zip(block.headers, texts, strict=True))
            yield from ((cell, line) for cell in row if isinstance(cell, Figure))
        for _, told in block.foot:
            yield from _by_sentence(told)


def _by_sentence(passage: Passage) -> Iterator[tuple[Figure, str]]:
    """Each figure with its sentence, found by where it stands in the text."""
    sentences, ends, at = _ENDS.split(passage.text), [], 0
    for sentence in sentences:
        at += len(sentence)
        ends.append(at)
    at = 0
    for part in passage.parts:
        if isinstance(part, Figure):
            yield part, next(text for text, end in zip(sentences, ends, strict=True) if at < end)
        at += len(part if isinstance(part, str) else part.text)
