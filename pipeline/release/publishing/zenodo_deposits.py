"""Deposits of Zenodo (https://developers.zenodo.org): found, begun, described, tidied and made public."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipeline.release.publishing.errors import PublishingRefused
from pipeline.release.publishing.http import Client
from pipeline.release.publishing.journal import Journal
from pipeline.release.publishing.model import Setting
from pipeline.release.publishing.retry import Again, persist
from pipeline.release.publishing.target import service
from pipeline.release.publishing.zenodo_metadata import OWN_DOI, doi, metadata

_DEPOSITS = "deposit/depositions"
_PAGE, _PAGES = 100, 20
"""Deposits of one account that are looked through: the newest 2,000."""


@dataclass(frozen=True, slots=True)
class Deposit:
    """What Zenodo says of a deposit."""

    number: str
    is_published: bool
    title: str
    version: str
    bucket: str
    """The link below which its files lie."""
    page: str
    doi: str | None


@dataclass(frozen=True, slots=True)
class Held:
    """A file of a deposit; `name` is by which it is removed."""

    key: str
    name: str
    size: int
    md5: str


class Deposits:
    """The deposits of whoever has the token."""

    def __init__(self, setting: Setting) -> None:
        self._service = service("zenodo")
        self._setting, self._record = setting, setting.target.name
        self._metadata = metadata(setting.release.root, setting.release.version)
        self._doi = doi(setting.release.root)
        self._journal = Journal(setting.release, setting.target)
        token = setting.secret(self._service.token_variable)
        self.has_token = token is not None
        self.client = Client(self._service, setting.target.address, token or "", setting.patience, setting.progress)

    def require_token(self) -> None:
        """Raises PublishingRefused."""
        if not self.has_token:
            raise PublishingRefused(
                f"{self._service.token_variable} is not set: make a token with deposit:write and deposit:actions on your "
                "account's page at Zenodo, and put it into that variable"
            )

    def find(self) -> Deposit | None:
        """The deposit of this version, draft or published; None where there is none. Raises PublishingRefused."""
        if self._doi and (own := OWN_DOI.fullmatch(self._doi)):
            deposit = self._get(own[1])
            if deposit is None:
                raise PublishingRefused(f"the release says its DOI is {self._doi}, which is no deposit of this account")
            return deposit
        begun = self._journal.get("deposit")
        if begun is not None and (deposit := self._get(begun)) is not None:
            return deposit
        same = [d for d in self._all() if self._is_ours(d) and d.version == self._metadata["version"]]
        return min(same, key=lambda d: (not d.is_published, int(d.number)), default=None)

    def before(self) -> Deposit | None:
        """The record of which this becomes a new version. Raises PublishingRefused where it was not, but must be named."""
        if self._record:
            record = self._get(self._record)
            if record is None or not record.is_published:
                raise PublishingRefused(f"{self._record} is no published record of this account: write zenodo:RECORD")
            return record
        earlier = [d for d in self._all() if self._is_ours(d) and d.is_published]
        if earlier:
            newest = max(earlier, key=lambda d: int(d.number))
            raise PublishingRefused(
                f"record {newest.number} holds version {newest.version or 'unknown'} of this dataset: "
                f"write zenodo:{newest.number} to publish a new version of it"
            )
        return None

    def begin(self) -> Deposit:
        """A new draft, of a new record or of a new version, noted in the journal. Asked again, it is the same draft."""
        before = self.before()

        def once() -> Deposit:
            if before is not None:
                return self._new_version(before)
            # A call whose answer was lost may have made it.
            made = self.find() if tried else None
            tried.append(True)
            if made is not None:
                return made
            return self._deposit(
                self.client.request("POST", _DEPOSITS, json={"metadata": self._metadata}, again=False).said
            )

        tried: list[bool] = []
        deposit = persist(once, self._setting.patience, self._setting.progress)
        self._journal.note("deposit", deposit.number)
        self._setting.progress(f"draft {deposit.number}: begun")
        return deposit

    def describe(self, deposit: Deposit) -> None:
        """Writes the metadata, those of an earlier version being in a new one's place."""
        self.client.request("PUT", f"{_DEPOSITS}/{deposit.number}", json={"metadata": self._metadata})

    def files(self, deposit: Deposit) -> dict[str, Held]:
        """What a deposit holds, by name."""
        said = self.client.request("GET", f"{_DEPOSITS}/{deposit.number}/files").said
        out = {}
        for file in self._list(said):
            try:
                md5 = str(file["checksum"]).removeprefix("md5:")
                out[str(file["filename"])] = Held(str(file["filename"]), str(file["id"]), int(file["filesize"]), md5)
            except (KeyError, TypeError, ValueError):
                raise self._strange() from None
        return out

    def tidy(self, deposit: Deposit, ours: set[str]) -> set[str]:
        """Names in a draft that are not of the release, less those that Zenodo itself copied there.

        A new version begins with copies of the files of the version before. Those that the release does not have are
        taken out of the draft: nothing is lost, the version before keeps them. Anything else was put there by somebody.
        """
        strange = {k: h for k, h in self.files(deposit).items() if k not in ours}
        if not strange or not self._record:
            return set(strange)
        record = self._get(self._record)
        kept = self.files(record) if record is not None and record.is_published else {}
        for key, held in list(strange.items()):
            if key in kept and kept[key].md5 == held.md5:
                place = f"{_DEPOSITS}/{deposit.number}/files/{held.name}"
                self.client.request("DELETE", place, accepted=(204, 404))
                del strange[key]
        return set(strange)

    def make_public(self, deposit: Deposit) -> Deposit:
        """Publishes a draft. Where the answer is lost it looks whether it is done."""

        def once() -> Deposit:
            found = self._get(deposit.number)
            if found is not None and found.is_published:
                return found
            place = f"{_DEPOSITS}/{deposit.number}/actions/publish"
            self.client.request("POST", place, again=False)
            found = self._get(deposit.number)
            if found is None or not found.is_published:
                raise Again(f"draft {deposit.number} is not published yet")
            return found

        published = persist(once, self._setting.patience, self._setting.progress)
        self._journal.end()
        return published

    def _new_version(self, before: Deposit) -> Deposit:
        """Zenodo makes one draft at a time: called again, this gives the draft that is open."""
        place = f"{_DEPOSITS}/{before.number}/actions/newversion"
        said = self.client.request("POST", place, again=False).said
        try:
            link = str(said["links"]["latest_draft"])
        except (KeyError, TypeError):
            raise self._strange() from None
        draft = self._deposit(self.client.request("GET", link).said)
        if draft.is_published or draft.number == before.number:
            raise self._strange()
        if draft.version not in ("", before.version, self._metadata["version"]):
            raise PublishingRefused(
                f"record {before.number} has an open draft {draft.number} of version {draft.version}: finish it or "
                "discard it at Zenodo, and call again"
            )
        return draft

    def _is_ours(self, deposit: Deposit) -> bool:
        return bool(deposit.title == self._metadata["title"])

    def _get(self, number: str) -> Deposit | None:
        answer = self.client.request("GET", f"{_DEPOSITS}/{number}", accepted=(200, 404, 410))
        return self._deposit(answer.said) if answer.status == 200 else None

    def _all(self) -> list[Deposit]:
        out: list[Deposit] = []
        for page in range(1, _PAGES + 1):
            query = {"size": str(_PAGE), "page": str(page), "sort": "mostrecent", "all_versions": "true"}
            found = self._list(self.client.request("GET", _DEPOSITS, query=query).said)
            out += map(self._deposit, found)
            if len(found) < _PAGE:
                break
        return out

    def _list(self, said: Any) -> list[Any]:
        if not isinstance(said, list):
            raise self._strange()
        return said

    def _deposit(self, said: Any) -> Deposit:
        try:
            described, links = said.get("metadata") or {}, said.get("links") or {}
            reserved = described.get("prereserve_doi")
            given = said.get("doi") or (reserved.get("doi") if isinstance(reserved, dict) else None)
            if not said["submitted"] and not links.get("bucket"):
                raise self._strange()
            return Deposit(
                str(int(said["id"])),
                bool(said["submitted"]),
                str(described.get("title") or said.get("title") or ""),
                str(described.get("version") or ""),
                str(links.get("bucket") or ""),
                str(links.get("html") or ""),
                str(given) if given else None,
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            raise self._strange() from None

    def _strange(self) -> PublishingRefused:
        return PublishingRefused(
            f"{self._setting.target.address} does not answer as Zenodo does: check {self._service.address_variable}"
        )
