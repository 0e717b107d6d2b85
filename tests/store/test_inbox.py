"""What counts as a change of the input folder, and what a build notes of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.store import inbox, inventory
from pipeline.store.folder_input import InputError
from pipeline.store.inbox import Changes
from pipeline.store.layout import Layout
from pipeline.store.places import S3Folder
from tests.store import s3_store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("2023/a.txt", "2024/b.txt", "2024/deep/er/c.txt", "d.txt"):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    return tmp_path / "in"


def test_the_intakes_are_those_of_the_inventory(folder: Path) -> None:
    (folder / "2023" / ".hidden").write_text("no document")
    (folder / "only a manifest").mkdir()
    (folder / "only a manifest" / "manifest.csv").write_text("path,url\n")
    (folder / "outside").symlink_to(folder.parent)
    (folder / "2024" / "round").symlink_to(folder / "2024")
    (folder / "2024" / "again.txt").symlink_to(folder / "2023" / "a.txt")
    (folder / os.fsdecode("报告".encode("gb18030"))).mkdir()
    (folder / os.fsdecode("报告".encode("gb18030")) / "e.txt").write_text("e")
    (folder / "2023" / r"\xff.txt").write_text("its name is ASCII")
    (folder / "2023" / os.fsdecode(b"\xff.txt")).write_text("its name reads like the one above")
    seen = inbox.look(folder)
    taken = inventory.take(folder)
    assert tuple(seen) == taken.intakes == inventory.intakes(folder)
    assert {i: s.files for i, s in seen.items()} == {i: len(taken.of(i)) for i in taken.intakes}


def test_what_came_changed_or_went_shows_and_nothing_else(folder: Path) -> None:
    before = inbox.look(folder)
    assert inbox.changes(before, inbox.look(folder)) == Changes((), (), ()) and not Changes((), (), ())
    (folder / "2024" / "deep" / "er" / "c.txt").write_text("another text")
    (folder / "2025").mkdir()
    (folder / "2025" / "e.txt").write_text("new")
    (folder / "d.txt").unlink()
    assert inbox.changes(before, inbox.look(folder)) == Changes(("2025",), ("2024",), ("unsorted",))
    assert inbox.digest(before) != inbox.digest(inbox.look(folder))


def test_a_rename_and_a_manifest_are_changes(folder: Path) -> None:
    before = inbox.look(folder)
    (folder / "2023" / "a.txt").rename(folder / "2023" / "b.txt")
    assert inbox.changes(before, inbox.look(folder)).changed == ("2023",)
    before = inbox.look(folder)
    (folder / "2024" / "b.txt.meta.json").write_text("{}")
    assert inbox.changes(before, inbox.look(folder)).changed == ("2024",)
    before = inbox.look(folder)
    (folder / "manifest.csv").write_text("path,url\n")
    assert inbox.changes(before, inbox.look(folder)).changed == ("2023", "2024", "unsorted"), "it may speak of any"


def test_what_is_published_is_what_was_listed_before_it_was_read(folder: Path, tmp_path: Path) -> None:
    layout = Layout(tmp_path / "out")
    first = inbox.look(folder)
    inbox.note_listed(layout, first, first)
    inbox.note_read(layout, first)
    inbox.note_published(layout)
    assert inbox.published(layout) is None, "nothing is published"
    layout.versions.mkdir(parents=True)
    layout.current.symlink_to("1")
    assert inbox.published(layout) == first

    # Two intakes change, one goes; only one of the two is read again before the next publication.
    (folder / "2023" / "a.txt").write_text("longer than it was")
    (folder / "2024" / "b.txt").write_text("longer than it was")
    (folder / "d.txt").unlink()
    second = inbox.look(folder)
    inbox.note_listed(layout, second, second)
    inbox.note_read(layout, ["2024"])
    inbox.note_published(layout)
    found = inbox.published(layout)
    assert found is not None and inbox.changes(found, second) == Changes((), ("2023",), ())


def test_a_folder_that_cannot_be_used_says_why(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        inbox.look(tmp_path / "nowhere")
    with pytest.raises(InputError, match="holds no documents"):
        inbox.look(tmp_path)


def test_objects_of_a_store_are_looked_at_in_the_same_way(folder: Path) -> None:
    with s3_store.store() as store, s3_store.variables(store.environment()):
        store.put_folder(folder, "in")
        place = S3Folder(s3_store.BUCKET, "in")
        before = inbox.look(place)
        assert {i: s.files for i, s in before.items()} == {i: s.files for i, s in inbox.look(folder).items()}
        store.s3.put_object(Bucket=s3_store.BUCKET, Key="in/2024/b.txt", Body=b"another text")
        store.s3.delete_object(Bucket=s3_store.BUCKET, Key="in/d.txt")
        assert inbox.changes(before, inbox.look(place)) == Changes((), ("2024",), ("unsorted",))
        with pytest.raises(InputError, match="cannot be listed"):
            inbox.look(S3Folder("no-such-bucket"))
