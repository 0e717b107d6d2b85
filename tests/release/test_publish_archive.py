"""Archives of folders: the same bytes always, a known length, and readable by everybody's programs."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from pipeline.release.publishing import archive
from pipeline.release.publishing.contents import File, read
from tests.release.small_release import content, small_release


def files_of(root: Path) -> tuple[File, ...]:
    return read(root).files


@pytest.mark.parametrize("most", [2**31 - 1, 50_000, 0])
def test_an_archive_gives_the_files_again(tmp_path: Path, most: int) -> None:
    """Also where numbers do not fit and ZIP64 is needed: here from 50,000, and from 0, on."""
    root = small_release(tmp_path)
    packed = b"".join(archive.blocks(root, files_of(root), most))
    with zipfile.ZipFile(io.BytesIO(packed)) as z:
        assert z.testzip() is None
        assert {n: z.read(n) for n in z.namelist()} == content(root)


def test_the_length_is_known_before(tmp_path: Path) -> None:
    root = small_release(tmp_path)
    assert archive.size(files_of(root)) == sum(map(len, archive.blocks(root, files_of(root))))
    assert archive.size(()) == len(b"".join(archive.blocks(root, ())))


def test_large_files_are_told_apart() -> None:
    """From 2 GiB on sizes stand in fields of 64 bit, and offsets too: 3 fields of 8 bytes more for the second file."""
    small, large = File("a", 2**31 - 1, ""), File("b", 2**31, "")
    assert archive.size((small,)) == 2**31 - 1 + (30 + 1) + (46 + 1) + 22 + 56 + 20
    assert archive.size((small, large)) - archive.size((small,)) == 2**31 + (30 + 1 + 20) + (46 + 1 + 4 + 24)


def test_the_bytes_do_not_depend_on_clock_and_rights(tmp_path: Path) -> None:
    first, second = small_release(tmp_path / "a"), small_release(tmp_path / "b")
    (second / "README.md").chmod(0o600)
    files = files_of(first)
    assert b"".join(archive.blocks(first, files)) == b"".join(archive.blocks(second, files))


def test_other_programs_unpack_it(tmp_path: Path) -> None:
    if shutil.which("unzip") is None:
        pytest.skip("unzip is not there")
    root = small_release(tmp_path)
    packed = tmp_path / "release.zip"
    packed.write_bytes(b"".join(archive.blocks(root, files_of(root))))
    subprocess.run(["unzip", "-q", packed, "-d", tmp_path / "out"], check=True)
    assert content(tmp_path / "out") == content(root)
