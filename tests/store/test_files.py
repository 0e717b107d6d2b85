"""Files that a user named: replaced whole, or written through where they are no files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.store.files import writing

ROOT = Path(__file__).resolve().parent.parent.parent


def test_a_file_is_the_old_one_until_the_new_one_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "x.csv"
    target.write_text("old")
    with pytest.raises(OSError, match="full"), writing(target) as f:
        f.write("half")
        raise OSError("full")
    assert [p.name for p in tmp_path.iterdir()] == ["x.csv"] and target.read_text() == "old"
    with writing(target) as f:
        f.write("new 新\n")
        assert target.read_text() == "old"
    assert target.read_bytes() == "new 新\n".encode() and not list(tmp_path.glob("*.partial"))


def test_a_link_stays_and_its_file_is_written(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "x.csv").write_text("old")
    link = tmp_path / "link.csv"
    link.symlink_to("there/x.csv")
    with writing(link) as f:
        f.write("new")
    assert link.is_symlink() and (tmp_path / "there" / "x.csv").read_text() == "new"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError), writing(tmp_path):
        pass
    assert not list(tmp_path.iterdir())


def test_standard_output_is_written_where_it_is_even_if_it_is_a_file(tmp_path: Path) -> None:
    """A link of our own to the same place as /dev/stdout: were it renamed over, nothing of the system would suffer."""
    link, file = tmp_path / "stdout", tmp_path / "file"
    link.symlink_to("/proc/self/fd/1")
    script = (
        "import sys\nfrom pathlib import Path\nfrom pipeline.store.files import writing\n"
        "print('before', flush=True)\nwith writing(Path(sys.argv[1])) as f: f.write('行\\n')\nprint('after')"
    )
    if not os.path.exists("/proc/self/fd/1"):  # noqa: PTH110
        pytest.skip("skipped: no /proc")
    with file.open("w") as f:
        subprocess.run([sys.executable, "-c", script, str(link)], stdout=f, check=True, cwd=ROOT)
    assert file.read_text("utf-8") == "before\n行\nafter\n" and link.is_symlink()
