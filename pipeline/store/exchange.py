"""How batches that were read on other hosts come here: each as one file in a place that both sides reach.

The place is a shared folder or one in an S3-compatible store. A run has a folder of its own in it, marked as open while
somebody waits for it: a worker that was cut off and comes back late finds no mark and leaves nothing behind. A batch
that was read twice is the same file twice, because it is named by its content. The output folder notes which runs are
open, so that the next build ends those of a killed one.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from pipeline.store import objects, scratch
from pipeline.store.files import flush, replace_text
from pipeline.store.places import Place, S3Folder, place_of

_OPEN = "open"
_ENDING = ".zip"
_RUN = re.compile(r"[0-9a-f]{32}", re.ASCII)


class Closed(Exception):
    """Nobody waits for this run any more."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """The folder of one run. Only a name: it travels to the workers."""

    folder: Place

    @staticmethod
    def begun(place: Place, note: Path) -> Exchange:
        """A new run in a place, written into `note` beforehand. Raises OSError."""
        exchange = Exchange(place.resolve() / uuid4().hex)
        replace_text(note, json.dumps([str(folder) for folder in (*_noted(note), exchange.folder)]))
        if isinstance(exchange.folder, Path):
            exchange.folder.mkdir(parents=True)
        exchange.put(b"", _OPEN)
        return exchange

    def end(self) -> None:
        """Removes the run with all that nobody fetched. Raises OSError."""
        if isinstance(self.folder, Path):
            # Renamed first: then nobody leaves anything in it while it is emptied.
            ended = self.folder.with_suffix(".ended")
            with suppress(FileNotFoundError):
                self.folder.rename(ended)
            shutil.rmtree(ended, ignore_errors=True)
            return
        objects.remove(self.folder, _OPEN)
        for left in list(objects.listing(self.folder)):
            objects.remove(self.folder, left.path)

    # ---- on the worker --------------------------------------------------------------------------------------------
    def send(self, batch: Path) -> None:
        """Leaves the files of a batch's folder under its name, all or nothing. Raises Closed, OSError."""
        packed = scratch.folder() / f"{uuid4().hex}{_ENDING}"
        try:
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
                for path in sorted(batch.iterdir()):
                    archive.write(path, path.name)
            self._require_open()
            self._put_file(packed, batch.name + _ENDING)
        finally:
            packed.unlink(missing_ok=True)

    def put(self, data: bytes, name: str) -> None:
        """Leaves some bytes under a name. Raises OSError."""
        if isinstance(self.folder, S3Folder):
            objects.write(data, self.folder, name)
        else:
            (self.folder / name).write_bytes(data)

    def _require_open(self) -> None:
        folder = self.folder
        is_open = objects.exists(folder, _OPEN) if isinstance(folder, S3Folder) else (folder / _OPEN).exists()
        if not is_open:
            raise Closed(f"nobody waits for {folder} any more")

    def _put_file(self, path: Path, name: str) -> None:
        if isinstance(self.folder, S3Folder):
            objects.upload(path, self.folder, name)
            return
        beside = self.folder / f"{uuid4().hex}.partial"
        try:
            shutil.copyfile(path, beside)
            flush(beside)
            beside.replace(self.folder / name)
        except FileNotFoundError:  # the run ended meanwhile, and its folder with it
            raise Closed(f"nobody waits for {self.folder} any more") from None

    # ---- where the batches are wanted -----------------------------------------------------------------------------
    def receive(self, name: str, folder: Path) -> None:
        """Puts a batch into the folder of its intake, whole or not at all, and removes it here. Raises OSError."""
        folder.mkdir(parents=True, exist_ok=True)
        # As `shards` writes a batch: what a killed run leaves under such a name is cleared away there.
        beside = folder / f".partial-{os.getpid()}-{uuid4().hex}"
        beside.mkdir()
        try:
            packed = beside / _ENDING
            if isinstance(self.folder, S3Folder):
                objects.download(self.folder, name + _ENDING, packed)
            else:
                shutil.copyfile(self.folder / (name + _ENDING), packed)
            with zipfile.ZipFile(packed) as archive:
                for info in archive.infolist():
                    archive.extract(info, beside)
            packed.unlink()
            for path in (*beside.iterdir(), beside):
                flush(path)
            try:
                beside.rename(folder / name)
            except OSError:  # it is there already: the same name is the same content
                if not (folder / name).is_dir():
                    raise
            flush(folder)
        except zipfile.BadZipFile as e:
            raise OSError(f"batch {name} did not arrive whole in {self.folder}: {e}") from None
        finally:
            shutil.rmtree(beside, ignore_errors=True)
        self.drop(name + _ENDING)

    def has(self, name: str) -> bool:
        """Whether something was left under a name. Raises OSError."""
        return objects.exists(self.folder, name) if isinstance(self.folder, S3Folder) else (self.folder / name).exists()

    def drop(self, name: str) -> None:
        """Removes what was left under a name. Raises OSError."""
        if isinstance(self.folder, S3Folder):
            objects.remove(self.folder, name)
        else:
            (self.folder / name).unlink(missing_ok=True)


# ---- which runs are open ----------------------------------------------------------------------------------------------
def end_noted(note: Path) -> None:
    """Ends the runs that are noted there, which nobody waits for any more. Raises OSError; then they stay noted."""
    for folder in _noted(note):
        with suppress(FileNotFoundError):  # there is no such bucket
            Exchange(folder).end()
    note.unlink(missing_ok=True)


def _noted(note: Path) -> list[Place]:
    """Only what is named like a run: it is removed with all that is in it."""
    names = json.loads(note.read_text(encoding="utf-8")) if note.exists() else []
    return [p for p in map(place_of, names) if _RUN.fullmatch(p.name)]
