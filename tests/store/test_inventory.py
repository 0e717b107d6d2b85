"""An input folder is listed whole: what is left out is named."""

import os
from pathlib import Path

import pytest

from pipeline.store.inventory import InputError, file_of, take


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
    assert {p for p, _ in taken.skipped} == {"2024/back", "2024/leads_out.txt", "broken.txt", "folder_out"}


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
