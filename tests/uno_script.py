"""Runs under the Python that knows LibreOffice (not ours): opens forms, does what a clerk does, saves. `uno_script.py JOBS ANSWERS`

JOBS (JSON): soffice, profile, jobs: each source, steps, saves (path -> filter name). ANSWERS: for each job what its `read` steps saw and
how many seconds opening took. A step is a list: its name and its arguments, see STEPS.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

PIPE = "form_tests"
PATIENCE = 90  # seconds until LibreOffice must have started


def main(jobs: str, answers: str) -> None:
    told = json.loads(Path(jobs).read_text("utf-8"))
    profile = f"-env:UserInstallation=file://{told['profile']}"
    accept = f"--accept=pipe,name={PIPE}_{Path(told['profile']).parent.name};urp;"
    command = [told["soffice"], profile, "--headless", "--norestore", "--nologo", accept]
    office = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        desktop = connect(f"{PIPE}_{Path(told['profile']).parent.name}")
        done = [run(desktop, job) for job in told["jobs"]]
        Path(answers).write_text(json.dumps(done, ensure_ascii=False), "utf-8")
        desktop.terminate()
        office.wait(timeout=30)
    finally:
        if office.poll() is None:
            office.kill()


def connect(pipe: str):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    end = time.monotonic() + PATIENCE
    while True:
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        except NoConnectException:
            if time.monotonic() > end:
                raise
            time.sleep(0.3)


def run(desktop, job):
    started = time.monotonic()
    book = desktop.loadComponentFromURL(url(job["source"]), "_blank", 0, (option("Hidden", True),))
    seconds = time.monotonic() - started
    seen = []
    try:
        for name, *arguments in job["steps"]:
            answer = STEPS[name](book, *arguments)
            if answer is not None:
                seen.append(answer)
        book.calculateAll()
        for path, kind in job["saves"].items():
            book.storeToURL(url(path), (option("FilterName", kind),))
    finally:
        book.close(True)
    return {"seconds": seconds, "seen": seen}


def option(name, value):
    found = PropertyValue()
    found.Name, found.Value = name, value
    return found


def url(path):
    return uno.systemPathToFileUrl(path)


def page(book, title):
    return book.Sheets.getByName(title)


def fill(book, title, cells):
    """Type into cells: address -> text, or number; a date comes as a number."""
    for address, value in cells.items():
        cell = page(book, title).getCellRangeByName(address)
        if isinstance(value, str):
            cell.setString(value)
        else:
            cell.setValue(value)


def read(book, title, span):
    """What a range shows after everything is worked out: rows of texts and numbers."""
    book.calculateAll()
    return [list(row) for row in page(book, title).getCellRangeByName(span).getDataArray()]


def add_page(book, title, rows):
    """A sheet of one's own, with a block of values."""
    book.Sheets.insertNewByName(title, book.Sheets.Count)
    block = page(book, title).getCellRangeByPosition(0, 0, len(rows[0]) - 1, len(rows) - 1)
    block.setDataArray(tuple(tuple(row) for row in rows))


def remove_page(book, title):
    book.Sheets.removeByName(title)


def copy(book, title, source, to_title, to):
    """Copy a block with formats and all, as pasting does."""
    target = page(book, to_title).getCellRangeByName(to).getCellAddress()
    page(book, to_title).copyRange(target, page(book, title).getCellRangeByName(source).getRangeAddress())


def sort(book, title, span, column):
    """Sort a range by one of its columns (from 0), downwards."""
    field = uno.createUnoStruct("com.sun.star.table.TableSortField")
    field.Field, field.IsAscending = column, False
    fields = uno.Any("[]com.sun.star.table.TableSortField", (field,))
    header = option("ContainsHeader", False)
    uno.invoke(page(book, title).getCellRangeByName(span), "sort", ((option("SortFields", fields), header),))


def hide_rows(book, title, span):
    page(book, title).getCellRangeByName(span).Rows.IsVisible = False


def hide_columns(book, title, span):
    page(book, title).getCellRangeByName(span).Columns.IsVisible = False


def unprotect(book, title):
    page(book, title).unprotect("")


def insert_rows(book, title, at, number):
    page(book, title).Rows.insertByIndex(at - 1, number)


def delete_rows(book, title, at, number):
    page(book, title).Rows.removeByIndex(at - 1, number)


def insert_columns(book, title, at, number):
    page(book, title).Columns.insertByIndex(at - 1, number)


STEPS = {
    "add_page": add_page, "remove_page": remove_page, "fill": fill, "read": read, "copy": copy, "sort": sort, "hide_rows": hide_rows, "hide_columns": hide_columns,
    "unprotect": unprotect, "insert_rows": insert_rows, "delete_rows": delete_rows, "insert_columns": insert_columns,
}  # fmt: skip

if __name__ == "__main__":
    main(*sys.argv[1:])
