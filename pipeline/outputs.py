"""Result -> the files of outputs/第N期/, as bytes by name."""

from pathlib import Path

from pipeline.briefing import write_briefing
from pipeline.cli import Progress
from pipeline.document import render_briefing
from pipeline.register import register_sheets
from pipeline.run import Result
from pipeline.summary.book import summary_sheets
from pipeline.workbook.render import render_workbook
from pipeline.workers import Workers


def render_outputs(result: Result, template: Path, workers: Workers, progress: Progress) -> dict[str, bytes]:
    """The briefing, the summary workbook and the register of a result, by file name."""
    period = f"（第{result.period.number}期）"
    step = progress.step("生成文件", 3)
    files = {f"汇总表{period}.xlsx": render_workbook(summary_sheets(result), f"汇总表{period}")}
    step(1)
    files[f"办公室登记表{period}.xlsx"] = render_workbook(register_sheets(result), f"办公室登记表{period}")
    step(1)
    briefing = write_briefing(result)
    files[f"工作简报{period}.docx"] = render_briefing(briefing, result.rules.briefing.layout, template.read_bytes())
    step(1)
    return files
