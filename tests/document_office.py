"""A Word file as LibreOffice prints it, and what stands on its pages."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.forms import the_rules

STAND_IN = "Noto Serif CJK SC"
FONTS = sorted(set(the_rules().briefing.layout.fonts.model_dump().values()) - {""})


def to_pdf(package: bytes, folder: Path) -> Path:
    """The file as LibreOffice prints it, with one free font in place of those of the standard."""
    missing = [tool for tool in ("soffice", "pdftotext", "pdfinfo", "fc-list") if not shutil.which(tool)]
    if missing or not run_tool("fc-list", STAND_IN):
        pytest.skip(f"needs {'、'.join(missing) or STAND_IN}")
    aliases = "".join(
        f'<alias binding="same"><family>{font}</family><prefer><family>{STAND_IN}</family></prefer></alias>'
        for font in FONTS
    )
    fonts = f"<fontconfig><include>/etc/fonts/fonts.conf</include>{aliases}</fontconfig>"
    (folder / "fonts.conf").write_text(fonts, "utf-8")
    (folder / "简报.docx").write_bytes(package)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", str(folder)]
    run_tool(*command, str(folder / "简报.docx"), FONTCONFIG_FILE=str(folder / "fonts.conf"))
    return folder / "简报.pdf"


def run_tool(*command: str, **environment: str) -> str:
    """What a command printed."""
    settings = {**os.environ, **environment}
    done = subprocess.run(command, check=True, capture_output=True, timeout=120, env=settings)
    return done.stdout.decode("utf-8")


def page_lines(pdf: Path, page: int) -> list[str]:
    lines = run_tool("pdftotext", "-f", str(page), "-l", str(page), "-layout", str(pdf), "-").splitlines()
    return [re.sub(r"\s", "", line) for line in lines if line.strip("\f ")]


def page_count(pdf: Path) -> int:
    found = re.search(r"Pages:\s+(\d+)", run_tool("pdfinfo", str(pdf)))
    assert found
    return int(found.group(1))


def page_texts(pdf: Path) -> list[str]:
    """The text of every page without white space."""
    return ["".join(page_lines(pdf, page)) for page in range(1, page_count(pdf) + 1)]
