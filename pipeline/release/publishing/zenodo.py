"""Publishes to Zenodo by its deposit API: a draft, its metadata and files, and, when asked for, the published record.

A record of Zenodo is a flat list of at most 100 files, and shows no folders. So the files at the root of the release
lie there as they are, and every folder as one archive (`data` as one for each folder in it). Unpacked in one folder
they give the release again, and `sha256sum -c SHA256SUMS` holds. Names such as `data__parquet__x.parquet` would let
single tables be downloaded, but no sum would be found again, and a hundred files are soon reached.
"""

from __future__ import annotations

import hashlib
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.release.folder import SUMS
from pipeline.release.publishing import archive
from pipeline.release.publishing.contents import File, Release
from pipeline.release.publishing.errors import PublishingRefused
from pipeline.release.publishing.http import Body
from pipeline.release.publishing.model import Outcome, Plan, Setting, Upload
from pipeline.release.publishing.retry import Again, persist
from pipeline.release.publishing.target import service
from pipeline.release.publishing.zenodo_deposits import Deposit, Deposits


@dataclass(frozen=True, slots=True)
class Item:
    """A file of the record: one file of the release, or an archive of several."""

    key: str
    files: tuple[File, ...]

    @property
    def is_archive(self) -> bool:
        return self.key != self.files[0].path

    @property
    def size(self) -> int:
        return archive.size(self.files) if self.is_archive else self.files[0].size

    def pieces(self, release: Release) -> Iterator[bytes]:
        if self.is_archive:
            return archive.blocks(release.root, self.files)
        return archive.blocks_of(release.root / self.key)

    def md5(self, release: Release) -> str:
        """The sum that Zenodo gives for what it holds."""
        out = hashlib.md5(usedforsecurity=False)
        for piece in self.pieces(release):
            out.update(piece)
        return out.hexdigest()


def items(release: Release) -> tuple[Item, ...]:
    """What the record of a release holds, sorted, its sums last. Raises PublishingRefused where Zenodo has no room."""
    archives: dict[str, list[File]] = {}
    plain = []
    for file in release.files:
        folders = file.path.split("/")[:-1]
        if not folders:
            plain.append(Item(file.path, (file,)))
            continue
        name = "-".join(folders[:2]) if folders[0] == "data" else folders[0]
        archives.setdefault(f"{name}.zip", []).append(file)
    if both := {i.key for i in plain} & set(archives):
        raise PublishingRefused(
            f"{release.root}: {min(both)} is a file, and the archive of a folder would have its name"
        )
    found = [*plain, *(Item(name, tuple(files)) for name, files in archives.items())]
    found.sort(key=lambda i: (i.key == SUMS, i.key))
    limits = service("zenodo")
    size = sum(i.size for i in found)
    if limits.files_at_most is not None and len(found) > limits.files_at_most:
        raise PublishingRefused(f"{len(found)} files: Zenodo takes {limits.files_at_most} for a record")
    if limits.bytes_at_most is not None and size > limits.bytes_at_most:
        raise PublishingRefused(
            f"the release has {size:,} bytes: Zenodo takes {limits.bytes_at_most:,} for a record; ask Zenodo for more "
            "room, or publish the large tables elsewhere"
        )
    return tuple(found)


class ToZenodo:
    """The deposit is found by title and version, in a journal beside the release, or by its DOI: never made twice."""

    def __init__(self, setting: Setting) -> None:
        self._setting, self._release = setting, setting.release
        self._items = items(setting.release)
        self._deposits = Deposits(setting)

    def plan(self) -> Plan:
        """Raises PublishingRefused where this version is published with other content, or the record is not ours."""
        place = f"{service('zenodo').name} at {self._setting.target.address}"
        notes = [
            "every folder is sent as an archive: unpack them all into one folder, then `sha256sum -c SHA256SUMS` holds",
            "what is sent stays a draft until that is published, a step of its own: a published record cannot be taken back",
        ]
        if not self._deposits.has_token:
            notes.append(f"{service('zenodo').token_variable} is not set: what is there already is not known")
            return self._planned(place, None, None, notes)
        deposit = self._deposits.find()
        if deposit is None:
            before = self._deposits.before()
            notes.append(f"a new version of record {before.number}" if before else "a new record")
            return self._planned(place, None, {}, notes)
        notes.append(f"deposit {deposit.number} is {'published' if deposit.is_published else 'a draft'}")
        there = self._deposits.files(deposit)
        plan = self._planned(f"{place}, deposit {deposit.number}", deposit, there, notes)
        if deposit.is_published and plan.to_send:
            raise PublishingRefused(
                f"version {self._release.version} is published as record {deposit.number}, and its {plan.to_send[0].name} "
                "differs: a published record stays as it is; release the changes as a new version"
            )
        return plan

    def publish(self, final: bool) -> Outcome:
        """A second call sends what is not there with the same sum. Raises as `plan`, and PublishingInterrupted."""
        self._deposits.require_token()
        deposit = self._deposits.find() or self._deposits.begin()
        if deposit.is_published:
            plan = self.plan()
            return self._outcome(deposit, 0, len(plan.uploads))
        self._deposits.describe(deposit)
        sums = {i.key: i.md5(self._release) for i in self._items}
        sent = 0
        there = self._deposits.files(deposit)
        for item in self._items:
            if item.key in there and there[item.key].md5 == sums[item.key]:
                self._setting.progress(f"{item.key}: there already")
                continue
            self._send(deposit, item, sums[item.key])
            sent += 1
            self._setting.progress(f"{item.key}: sent, {item.size:,} bytes")
        strange = self._deposits.tidy(deposit, set(sums))
        self._require_arrived(deposit, sums)
        if final:
            if strange:
                raise PublishingRefused(
                    f"draft {deposit.number} is complete, but also holds {', '.join(sorted(strange))}, not of this "
                    "release: it is not published; remove them there, and call again"
                )
            deposit = self._deposits.make_public(deposit)
        notes = tuple(f"{name} lies there and is not of this release: it was left" for name in sorted(strange))
        return self._outcome(deposit, sent, len(self._items) - sent, notes)

    def _planned(self, place: str, deposit: Deposit | None, there: dict[str, Any] | None, notes: list[str]) -> Plan:
        def is_there(item: Item) -> bool | None:
            if there is None:
                return None
            return item.key in there and there[item.key].md5 == item.md5(self._release)

        uploads = tuple(Upload(i.key, i.size, is_there(i)) for i in self._items)
        return Plan(self._release, self._setting.target, place, uploads, tuple(notes))

    def _send(self, deposit: Deposit, item: Item, md5: str) -> None:
        place = f"{deposit.bucket}/{urllib.parse.quote(item.key, safe='')}"

        def once() -> None:
            body = Body(item.size, lambda: item.pieces(self._release))
            answer = self._deposits.client.request("PUT", place, body=body, again=False).said
            checksum = answer.get("checksum") if isinstance(answer, dict) else None
            if isinstance(checksum, str) and checksum.removeprefix("md5:") != md5:
                raise Again(f"{item.key} arrived with another sum")

        persist(once, self._setting.patience, self._setting.progress)

    def _require_arrived(self, deposit: Deposit, sums: dict[str, str]) -> None:
        there = self._deposits.files(deposit)
        for item in self._items:
            found = there.get(item.key)
            if found is None or found.md5 != sums[item.key] or found.size != item.size:
                raise PublishingRefused(
                    f"{item.key} does not lie in deposit {deposit.number} as it was sent: another works on it; call again"
                )

    def _outcome(self, deposit: Deposit, sent: int, already: int, notes: tuple[str, ...] = ()) -> Outcome:
        return Outcome(
            deposit.page or f"deposit {deposit.number}", sent, already, not deposit.is_published, deposit.doi, notes
        )
