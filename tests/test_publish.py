"""Publishing: whole files or none, and what a person changed is kept."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.publish import STATE, Moved, Published, PublishError, notices, preview, publish, recover

ROOT = Path(__file__).parents[1]
BRIEFING, SUMMARY, RETURNED = "工作简报（第1期）.docx", "汇总表（第1期）.xlsx", "退回/区残联.xlsx"


def visible(folder: Path) -> dict[str, bytes]:
    """The files a person sees in the folder, by relative path."""
    paths = [path for path in folder.rglob("*") if path.is_file() and STATE not in path.parts]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def stored(folder: Path) -> set[str]:
    """What lies in our own folder."""
    return {path.relative_to(folder / STATE).as_posix() for path in (folder / STATE).rglob("*")}


@contextmanager
def held(path: Path) -> Iterator[None]:
    """A file that cannot be replaced: open as Excel has it open on Windows, immutable on Linux (where root may)."""
    if sys.platform == "win32":
        with path.open("rb"):
            yield
        return
    if not shutil.which("chattr") or subprocess.run(["chattr", "+i", path], capture_output=True).returncode:
        pytest.skip("no way here to hold a file against replacing it")
    try:
        yield
    finally:
        subprocess.run(["chattr", "-i", path], check=True)


class TestFirstAndNextRun:
    def test_writes_every_file_also_into_subfolders(self, tmp_path):
        files = {BRIEFING: b"1", RETURNED: b"2"}
        assert publish(tmp_path / "outputs" / "第1期", files) == Published(written=(BRIEFING, RETURNED))
        assert visible(tmp_path / "outputs" / "第1期") == files

    def test_same_bytes_are_not_written_again(self, tmp_path):
        publish(tmp_path, {BRIEFING: b"1", SUMMARY: b"2"})
        before = (tmp_path / BRIEFING).stat()
        assert publish(tmp_path, {BRIEFING: b"1", SUMMARY: b"3"}) == Published((SUMMARY,), (BRIEFING,))
        after = (tmp_path / BRIEFING).stat()
        assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
        assert visible(tmp_path) == {BRIEFING: b"1", SUMMARY: b"3"}

    def test_a_file_no_longer_written_is_removed_with_its_empty_folder(self, tmp_path):
        publish(tmp_path, {SUMMARY: b"1", RETURNED: b"2"})
        assert publish(tmp_path, {SUMMARY: b"1"}) == Published(unchanged=(SUMMARY,), removed=(RETURNED,))
        assert not (tmp_path / "退回").exists()

    def test_a_deleted_file_is_written_again(self, tmp_path):
        publish(tmp_path, {SUMMARY: b"1"})
        (tmp_path / SUMMARY).unlink()
        assert publish(tmp_path, {SUMMARY: b"1"}).written == (SUMMARY,)

    def test_what_we_never_wrote_is_not_touched(self, tmp_path):
        others = {"下发/区残联.xlsx": b"a", "说明.txt": b"b", "退回/~$区残联.xlsx": b"c"}
        for name, data in others.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_bytes(data)
        publish(tmp_path, {RETURNED: b"1"})
        publish(tmp_path, {})
        assert visible(tmp_path) == others

    def test_two_folders_with_the_same_files_are_the_same_to_the_last_byte(self, tmp_path):
        for folder in (tmp_path / "a", tmp_path / "b"):
            publish(folder, {BRIEFING: b"1", RETURNED: b"2"})
        one, two = ({p.relative_to(f): p.read_bytes() for p in f.rglob("*") if p.is_file()} for f in tmp_path.iterdir())
        assert one == two
        assert stored(tmp_path / "a") == {"manifest.json", "lock"}

    def test_a_path_longer_than_windows_likes(self, tmp_path):
        folder = (
            tmp_path
            / "政务服务应进必进工作专班办公室材料汇总"
            / "石龙区"
            / ("双周推进" * 8)
            / ("报送" * 16)
            / ("x" * 120)
        )
        publish(folder, {RETURNED: b"1"})
        assert publish(folder, {RETURNED: b"2"}).written == (RETURNED,)

    @pytest.mark.parametrize("name", ["../逃.xlsx", "/etc/x", "退回\\区残联.xlsx", "", ".publish/manifest.json"])
    def test_a_path_outside_the_folder_is_refused(self, tmp_path, name):
        with pytest.raises(ValueError, match="not a path below"):
            publish(tmp_path, {name: b"1"})
        assert not list(tmp_path.iterdir())

    def test_names_that_are_one_file_on_windows_are_refused(self, tmp_path):
        with pytest.raises(ValueError, match="case"):
            publish(tmp_path, {"a.xlsx": b"1", "A.xlsx": b"2"})


class TestChangedByAPerson:
    def test_is_kept_under_another_name_and_never_overwritten(self, tmp_path):
        publish(tmp_path, {SUMMARY: b"1"})
        (tmp_path / SUMMARY).write_bytes(b"mine")
        first = publish(tmp_path, {SUMMARY: b"1"})
        assert first == Published(written=(SUMMARY,), kept=(Moved(SUMMARY, "汇总表（第1期）（手改）.xlsx"),))
        (tmp_path / SUMMARY).write_bytes(b"mine too")
        second = publish(tmp_path, {SUMMARY: b"2"})
        assert second.kept == (Moved(SUMMARY, "汇总表（第1期）（手改2）.xlsx"),)
        assert visible(tmp_path) == {
            SUMMARY: b"2",
            "汇总表（第1期）（手改）.xlsx": b"mine",
            "汇总表（第1期）（手改2）.xlsx": b"mine too",
        }

    def test_a_file_of_our_name_that_we_did_not_write_is_kept(self, tmp_path):
        (tmp_path / SUMMARY).write_bytes(b"from somewhere")
        assert publish(tmp_path, {SUMMARY: b"1"}).kept == (Moved(SUMMARY, "汇总表（第1期）（手改）.xlsx"),)

    def test_the_same_bytes_are_no_change_whoever_wrote_them(self, tmp_path):
        (tmp_path / SUMMARY).write_bytes(b"1")
        assert publish(tmp_path, {SUMMARY: b"1"}) == Published(unchanged=(SUMMARY,))
        assert publish(tmp_path, {SUMMARY: b"2"}) == Published(written=(SUMMARY,))

    def test_is_kept_also_where_we_no_longer_write_the_file(self, tmp_path):
        publish(tmp_path, {RETURNED: b"1"})
        (tmp_path / RETURNED).write_bytes(b"mine")
        assert publish(tmp_path, {}) == Published(kept=(Moved(RETURNED, "退回/区残联（手改）.xlsx"),))
        assert publish(tmp_path, {}) == Published()
        assert visible(tmp_path) == {"退回/区残联（手改）.xlsx": b"mine"}

    def test_nothing_is_lost_with_the_manifest(self, tmp_path):
        publish(tmp_path, {SUMMARY: b"1", BRIEFING: b"1"})
        (tmp_path / STATE / "manifest.json").write_text("{broken", encoding="utf-8")
        published = publish(tmp_path, {SUMMARY: b"2", BRIEFING: b"1"})
        assert published.kept == (Moved(SUMMARY, "汇总表（第1期）（手改）.xlsx"),)
        assert published.unchanged == (BRIEFING,)

    def test_the_notice_names_both_files_and_what_to_do(self):
        (text,) = notices(Published(kept=(Moved(SUMMARY, "汇总表（第1期）（手改）.xlsx"),)))
        assert SUMMARY in text
        assert "汇总表（第1期）（手改）.xlsx" in text
        assert "inputs" in text

    def test_an_ordinary_run_has_no_notices(self):
        assert notices(Published(written=(SUMMARY,), unchanged=(BRIEFING,), removed=(RETURNED,))) == ()


class TestOpenInExcel:
    def test_the_new_file_stands_beside_the_open_one_until_that_is_closed(self, tmp_path):
        publish(tmp_path, {SUMMARY: b"1"})
        with held(tmp_path / SUMMARY):
            published = publish(tmp_path, {SUMMARY: b"2"})
            assert published == Published(beside=(Moved(SUMMARY, "汇总表（第1期）（新）.xlsx"),))
            assert publish(tmp_path, {SUMMARY: b"2"}) == published
            assert visible(tmp_path) == {SUMMARY: b"1", "汇总表（第1期）（新）.xlsx": b"2"}
        assert publish(tmp_path, {SUMMARY: b"3"}) == Published((SUMMARY,), removed=("汇总表（第1期）（新）.xlsx",))
        assert visible(tmp_path) == {SUMMARY: b"3"}
        assert "汇总表（第1期）（新）.xlsx" in notices(published)[0]

    def test_what_a_person_made_of_the_open_file_is_kept_when_it_is_closed(self, tmp_path):
        publish(tmp_path, {SUMMARY: b"1"})
        (tmp_path / SUMMARY).write_bytes(b"mine")
        with held(tmp_path / SUMMARY):
            assert publish(tmp_path, {SUMMARY: b"2"}).kept == ()
        publish(tmp_path, {SUMMARY: b"2"})
        assert visible(tmp_path) == {SUMMARY: b"2", "汇总表（第1期）（手改）.xlsx": b"mine"}

    def test_a_changed_file_beside_is_not_overwritten_either(self, tmp_path):
        publish(tmp_path, {SUMMARY: b"1"})
        with held(tmp_path / SUMMARY):
            publish(tmp_path, {SUMMARY: b"2"})
            (tmp_path / "汇总表（第1期）（新）.xlsx").write_bytes(b"mine")
            assert publish(tmp_path, {SUMMARY: b"3"}).beside == (Moved(SUMMARY, "汇总表（第1期）（新2）.xlsx"),)
        assert b"mine" in visible(tmp_path).values()

    def test_an_open_file_we_no_longer_write_is_removed_later(self, tmp_path):
        publish(tmp_path, {SUMMARY: b"1"})
        with held(tmp_path / SUMMARY):
            published = publish(tmp_path, {})
            assert published == Published(left=(SUMMARY,))
        assert SUMMARY in notices(published)[0]
        assert publish(tmp_path, {}) == Published(removed=(SUMMARY,))

    def test_a_remainder_that_could_not_be_cleared_away_is_not_taken_for_the_new_file(self, tmp_path):
        publish(tmp_path, {SUMMARY: b"1"})
        remainder = tmp_path / STATE / "staging" / SUMMARY
        remainder.parent.mkdir()
        remainder.write_bytes(b"half")
        with held(remainder):
            assert publish(tmp_path, {SUMMARY: b"1"}) == Published(unchanged=(SUMMARY,))
        assert visible(tmp_path) == {SUMMARY: b"1"}

    def test_a_folder_in_the_place_of_a_file_is_left_alone(self, tmp_path):
        (tmp_path / SUMMARY).mkdir()
        assert publish(tmp_path, {SUMMARY: b"1"}).beside == (Moved(SUMMARY, "汇总表（第1期）（新）.xlsx"),)
        assert (tmp_path / SUMMARY).is_dir()


class TestPreview:
    def test_says_what_would_happen_and_writes_nothing(self, tmp_path):
        publish(tmp_path, {SUMMARY: b"1", BRIEFING: b"1", RETURNED: b"1", "退回/区妇联.xlsx": b"1"})
        (tmp_path / SUMMARY).write_bytes(b"mine")
        (tmp_path / RETURNED).write_bytes(b"mine")
        before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
        files = {SUMMARY: b"2", BRIEFING: b"1", "通知/区残联.eml": b"1"}
        expected = preview(tmp_path, files)
        assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
        assert expected == publish(tmp_path, files)
        assert expected.kept
        assert expected.removed

    def test_of_a_folder_that_does_not_exist(self, tmp_path):
        assert preview(tmp_path / "第1期", {SUMMARY: b"1"}) == Published(written=(SUMMARY,))
        assert not (tmp_path / "第1期").exists()


class TestFaults:
    def test_a_second_run_is_told_to_wait(self, tmp_path):
        waiting = "import sys; from pathlib import Path; from pipeline.disk import locked\n"
        waiting += "with locked(Path(sys.argv[1])): print('locked', flush=True); sys.stdin.read()"
        lock = tmp_path / STATE / "lock"
        other = subprocess.Popen(
            [sys.executable, "-c", waiting, lock], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert other.stdout.readline().strip() == b"locked"
        with pytest.raises(PublishError, match="另一次运行正在写"):
            publish(tmp_path, {SUMMARY: b"1"})
        assert visible(tmp_path) == {}
        other.kill()
        other.communicate()
        assert publish(tmp_path, {SUMMARY: b"1"}).written == (SUMMARY,)

    @pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no full disk at hand")
    def test_without_space_the_old_files_stay_and_the_message_says_so(self, tmp_path):
        publish(tmp_path, {BRIEFING: b"1", SUMMARY: b"1"})
        (tmp_path / STATE / "journal.draft").symlink_to("/dev/full")
        with pytest.raises(PublishError, match="磁盘空间不足.*清理磁盘"):
            publish(tmp_path, {BRIEFING: b"2", SUMMARY: b"2"})
        assert visible(tmp_path) == {BRIEFING: b"1", SUMMARY: b"1"}
        assert "staging" not in stored(tmp_path)

    def test_a_file_where_the_folder_should_be_is_named(self, tmp_path):
        (tmp_path / "第1期").write_bytes(b"")
        with pytest.raises(PublishError, match="第1期.*同名的文件"):
            publish(tmp_path / "第1期", {SUMMARY: b"1"})

    @pytest.mark.skipif(sys.platform == "win32", reason="other limits on Windows")
    def test_a_name_too_long_is_named(self, tmp_path):
        with pytest.raises(PublishError, match="名称太长"):
            publish(tmp_path, {"长" * 200: b"1"})


OLD = {BRIEFING: b"old 1", SUMMARY: b"old 2", RETURNED: b"old 3", "退回/区妇联.xlsx": b"old 4", "规则.xlsx": b"same"}
NEW = {BRIEFING: b"new 1", SUMMARY: b"new 2", "通知/区残联.eml": b"new 3", "规则.xlsx": b"same"}
MINE = {SUMMARY: b"mine 1", RETURNED: b"mine 2"}
ALL_NEW = NEW | {"汇总表（第1期）（手改）.xlsx": b"mine 1", "退回/区残联（手改）.xlsx": b"mine 2"}


def cut_everywhere(start: Path, files: dict[str, bytes], into: Path) -> list[Path]:
    """Copies of a folder in which a run was killed at its first step on the disk, at the second …; the last was not."""
    words = json.dumps({name: data.decode() for name, data in files.items()}).encode()
    folders: list[Path] = []
    code = 9
    while code == 9:
        folders.append(Path(shutil.copytree(start, into / f"{len(folders)}")))
        command = [sys.executable, ROOT / "tests" / "killed_publish.py", folders[-1], str(len(folders) - 1)]
        code = subprocess.run(command, input=words, env={**os.environ, "PYTHONPATH": str(ROOT)}).returncode
    assert code == 0
    return folders


@pytest.fixture(scope="module")
def cut(tmp_path_factory) -> list[Path]:
    """Folders in which a run was killed at each step, the last of them whole."""
    start, into = tmp_path_factory.mktemp("start"), tmp_path_factory.mktemp("cut")
    publish(start, OLD)
    for name, data in MINE.items():
        (start / name).write_bytes(data)
    return cut_everywhere(start, NEW, into)


class TestKilled:
    """A run that is killed, at every step it makes on the disk."""

    def copies(self, cut: list[Path], tmp_path: Path) -> list[Path]:
        return [Path(shutil.copytree(folder, tmp_path / folder.name)) for folder in cut]

    def test_there_are_many_steps_and_the_last_run_is_whole(self, cut):
        assert len(cut) > 20
        assert visible(cut[-1]) == ALL_NEW

    def test_leaves_whole_files_only(self, cut):
        for folder in cut:
            for name, data in visible(folder).items():
                assert data in {OLD.get(name), MINE.get(name), ALL_NEW.get(name)}, (folder.name, name)
            assert set(MINE.values()) <= set(visible(folder).values()), folder.name

    def test_is_finished_or_undone_at_the_next_start(self, cut, tmp_path):
        ends = []
        for folder in self.copies(cut, tmp_path):
            recover(folder)
            ends.append(visible(folder))
            assert ends[-1] in (OLD | MINE, ALL_NEW), folder.name
            assert not {name for name in stored(folder) if name.startswith(("staging", "journal.json"))}
        assert ends[0] == OLD | MINE
        assert ends[-1] == ALL_NEW
        assert ends == sorted(ends, key=lambda end: end == ALL_NEW)  # once finished, always finished

    def test_the_same_run_again_comes_to_the_same_end(self, cut, tmp_path):
        for folder in self.copies(cut, tmp_path):
            before = visible(folder)
            published = publish(folder, NEW)
            assert visible(folder) == ALL_NEW, folder.name
            assert {file.now for file in published.kept} == {name for name in ALL_NEW.keys() - before if "手改" in name}
            assert not set(published.unchanged) & {name for name in NEW if before.get(name) != NEW[name]}

    def test_another_run_takes_no_half_for_the_work_of_a_person(self, cut, tmp_path):
        third = {SUMMARY: b"third"}
        for folder in self.copies(cut, tmp_path):
            publish(folder, third)
            assert visible(folder) == third | {name: ALL_NEW[name] for name in ALL_NEW if "手改" in name}, folder.name

    def test_preview_of_a_cut_run_says_how_the_files_will_differ_and_leaves_them(self, cut, tmp_path):
        for folder in self.copies(cut, tmp_path):
            before = visible(folder)
            expected = preview(folder, NEW)
            assert visible(folder) == before
            assert set(expected.unchanged) == {name for name in NEW if before.get(name) == NEW[name]}
            publish(folder, NEW)
            assert all((folder / file.now).exists() for file in expected.kept)

    def test_preview_of_a_cut_run_takes_only_the_work_of_a_person_for_such(self, cut):
        for folder in cut:
            mine = {name for name, data in visible(folder).items() if name in OLD and data in MINE.values()}
            assert {file.name for file in preview(folder, {SUMMARY: b"third"}).kept} == mine, folder.name

    def test_knows_the_file_it_wrote_beside_an_open_one(self, tmp_path_factory, tmp_path):
        start = tmp_path_factory.mktemp("held")
        (start / SUMMARY).mkdir()
        for folder in cut_everywhere(start, {SUMMARY: b"1"}, tmp_path):
            assert recover(folder).written == ()
            (folder / SUMMARY).rmdir()
            publish(folder, {SUMMARY: b"2"})
            assert visible(folder) == {SUMMARY: b"2"}, folder.name

    def test_what_a_person_changes_before_the_next_start_is_kept_too(self, cut, tmp_path):
        for folder in self.copies(cut, tmp_path):
            (folder / BRIEFING).write_bytes(b"mine 3")
            publish(folder, NEW)
            assert visible(folder) == ALL_NEW | {"工作简报（第1期）（手改）.docx": b"mine 3"}, folder.name


NAMES = st.sampled_from(["表.xlsx", "表（新）.xlsx", "退回/表.xlsx", "简报.docx"])
RUN = st.dictionaries(NAMES, st.sampled_from([b"1", b"2", b"3"]))
EDIT = st.tuples(NAMES, st.booleans())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(st.one_of(RUN, EDIT), max_size=8))
def test_whatever_happens_the_files_are_as_published_and_no_edit_is_lost(events, tmp_path_factory):
    """Runs and edits in any order: after each run its files stand, and every edit not deleted is somewhere."""
    folder = tmp_path_factory.mktemp("any")
    edits: set[bytes] = set()
    for number, event in enumerate(events):
        if isinstance(event, dict):
            publish(folder, event)
            assert event.items() <= visible(folder).items()
            continue
        name, deletes = event
        path = folder / name
        edits -= {path.read_bytes()} if path.exists() else set()
        path.unlink(missing_ok=True)
        if not deletes:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(f"edit {number}".encode())
            edits.add(path.read_bytes())
    assert edits <= set(visible(folder).values())
    publish(folder, {})
    assert edits <= set(visible(folder).values())
