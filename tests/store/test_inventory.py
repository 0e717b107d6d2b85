"""An input folder is listed whole: what is left out is named."""

import os
from pathlib import Path

import pytest

from pipeline.store import folder_input
from pipeline.store.folder_input import InputError, file_of
from pipeline.store.inventory import take


def write(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")


def test_documents_in_order_with_their_intakes(tmp_path: Path) -> None:
    write(tmp_path, "2024/乡镇/b.txt", "2023/a.txt", "top.txt", ".hidden", "2023/.git/x", "2023/a b.txt")
    taken = take(tmp_path)
    assert [(f.path, f.intake) for f in taken.files] == [
        ("2023/a b.txt", "2023"),
        ("2023/a.txt", "2023"),
        ("2024/乡镇/b.txt", "2024"),
        ("top.txt", "unsorted"),
    ]
    assert taken.intakes == ("2023", "2024", "unsorted")


def test_links_are_followed_inside_the_root_only(tmp_path: Path) -> None:
    root, outside = tmp_path / "in", tmp_path / "outside"
    write(root, "2024/a.txt")
    write(outside, "secret.txt")
    (root / "2024" / "leads_out.txt").symlink_to(outside / "secret.txt")
    (root / "folder_out").symlink_to(outside)
    (root / "2024" / "back").symlink_to(root)
    (root / "inside.txt").symlink_to(root / "2024" / "a.txt")
    (root / "broken.txt").symlink_to(root / "nowhere")
    taken = take(root)
    assert [f.path for f in taken.files] == ["2024/a.txt", "inside.txt"]
    assert dict(taken.skipped) == {
        "2024/back": "link to a folder that contains it",
        "2024/leads_out.txt": "link that leads out of the input folder",
        "broken.txt": "cannot be opened: No such file or directory",
        "folder_out": "link that leads out of the input folder",
    }


def test_links_that_lead_in_a_circle_come_to_an_end(tmp_path: Path) -> None:
    write(tmp_path, "a/deep/x.txt", "b/y.txt")
    (tmp_path / "a" / "deep" / "to_b").symlink_to(tmp_path / "b")
    (tmp_path / "b" / "to_a").symlink_to(tmp_path / "a")
    taken = take(tmp_path)
    assert [f.path for f in taken.files] == [
        "a/deep/to_b/y.txt",
        "a/deep/x.txt",
        "b/to_a/deep/x.txt",
        "b/y.txt",
    ]
    assert [p for p, _ in taken.skipped] == ["a/deep/to_b/to_a", "b/to_a/deep/to_b"]


def test_folders_with_one_number_are_told_apart_where_no_link_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "a/b/x.txt")
    monkeypatch.setattr(folder_input, "_identity", lambda info: (info.st_dev, 2))  # as the roots of mounts in a share
    assert [f.path for f in take(tmp_path).files] == ["a/b/x.txt"]


def test_the_same_list_however_the_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "in/2024/a.txt", "in/top.txt")
    (tmp_path / "link").symlink_to("in")
    monkeypatch.chdir(tmp_path)
    lists = {take(Path(name)) for name in (tmp_path / "in", "in", "link", "in/2024/..")}
    assert [f.path for f in lists.pop().files] == ["2024/a.txt", "top.txt"] and not lists


def test_a_link_to_itself_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, "2024/a.txt")
    (tmp_path / "2024" / "self").symlink_to("self")
    taken = take(tmp_path)
    assert [f.path for f in taken.files] == ["2024/a.txt"] and [p for p, _ in taken.skipped] == ["2024/self"]


def test_names_that_are_no_utf_8_are_written_with_escapes_and_found_again(tmp_path: Path) -> None:
    name = os.fsdecode("局.txt".encode("gbk"))
    (tmp_path / name).write_text("its name is GBK")
    (tmp_path / r"\xff.txt").write_text("its name is ASCII")
    taken = take(tmp_path)
    assert {f.path: file_of(tmp_path, f.path).read_text() for f in taken.files} == {
        r"\xbe\xd6.txt": "its name is GBK",
        r"\xff.txt": "its name is ASCII",
    }
    (tmp_path / os.fsdecode(b"\xff.txt")).write_text("its name is neither, and reads like the one above")
    again = take(tmp_path)
    assert again.files == taken.files and [p for p, _ in again.skipped] == [r"\xff.txt"]


@pytest.mark.parametrize(
    ("make", "says"), [("none", "does not exist"), ("file", "is a file"), ("empty", "no documents")]
)
def test_what_cannot_be_used_says_why(tmp_path: Path, make: str, says: str) -> None:
    root = tmp_path / "in"
    if make == "file":
        root.write_text("x")
    elif make == "empty":
        root.mkdir()
    with pytest.raises(InputError, match=says):
        take(root)
