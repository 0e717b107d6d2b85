"""Publishes to a dataset of the Hugging Face Hub: one commit a release, and a tag of its version.

The release lies at the root of the repository, as the Hub's readers expect; earlier versions stay under their tags.
"""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from pipeline.release import sums
from pipeline.release.folder import SUMS
from pipeline.release.publishing import archive
from pipeline.release.publishing.contents import File
from pipeline.release.publishing.errors import PublishingRefused
from pipeline.release.publishing.http import remedy, shown
from pipeline.release.publishing.model import Outcome, Plan, Setting, Upload
from pipeline.release.publishing.retry import PASSING, Again, asked_wait, persist
from pipeline.release.publishing.target import service

try:
    import httpx2 as httpx  # what huggingface_hub speaks with: its errors come through
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, RepoFile
    from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError, RevisionNotFoundError
    from huggingface_hub.utils.tqdm import disable_progress_bars
except ImportError as e:
    raise PublishingRefused("publishing to Hugging Face needs huggingface_hub: pip install 'ogi-panel[publish]'") from e

T = TypeVar("T")

# At its loudest this one logs the headers of every answer, whatever a service may echo there.
logging.getLogger("httpcore2").setLevel(logging.INFO)

_KIND = "dataset"


class ToHuggingFace:
    """What is there is told from the Hub's own sums: SHA-256 for large files, git's SHA-1 for others."""

    def __init__(self, setting: Setting) -> None:
        self._setting, self._release = setting, setting.release
        self._service = service("huggingface")
        self._name = setting.target.name
        self._tag = f"v{setting.release.version}"
        self._token = setting.secret(self._service.token_variable)
        # Without a token of ours, False: else the library would look for one in files of the home folder.
        self._api = HfApi(endpoint=setting.target.address, token=self._token or False)
        disable_progress_bars()

    def plan(self) -> Plan:
        """Raises PublishingRefused where a tag of this version is there, with other content."""
        notes = [
            f"one commit, with the tag {self._tag}; a dataset that is not there yet is made, and stays private until it "
            "is published, a step of its own; in one that is public everybody sees the commit at once"
        ]
        if self._token is None:
            notes.append(f"{self._service.token_variable} is not set: what is there already is not known")
            return self._planned(None, notes)
        there = self._files(self._tag)
        if there is not None:
            self._require_whole(there)
        else:
            there = self._files(None) or {}
        return self._planned(self._same(there), notes)

    def publish(self, final: bool) -> Outcome:
        """A second call sends no large file again that is there. `final` makes a private dataset public."""
        if self._token is None:
            raise PublishingRefused(
                f"{self._service.token_variable} is not set: make a token with write access in your account's settings at "
                "Hugging Face, and put it into that variable"
            )
        self._persist(lambda: self._api.create_repo(self._name, repo_type=_KIND, private=True, exist_ok=True))
        plan = self.plan()
        already = len(plan.uploads) - len(plan.to_send)
        if self._files(self._tag) is None:
            self._commit()
            self._require_whole(self._files(None) or {})
            self._persist(lambda: self._api.create_tag(self._name, tag=self._tag, repo_type=_KIND, exist_ok=True))
        if final:
            self._persist(lambda: self._api.update_repo_settings(self._name, repo_type=_KIND, private=False))
        is_private = self._persist(lambda: self._api.repo_info(self._name, repo_type=_KIND)).private
        return Outcome(plan.place, len(plan.to_send), already, bool(is_private))

    def _planned(self, there: set[str] | None, notes: list[str]) -> Plan:
        place = f"{self._setting.target.address}/datasets/{self._name}, {self._tag}"
        uploads = tuple(Upload(f.path, f.size, None if there is None else f.path in there) for f in self._release.files)
        return Plan(self._release, self._setting.target, place, uploads, tuple(notes))

    def _commit(self) -> None:
        """All files at once, so that no reader sees half a release; large ones are sent before, each for itself."""

        def once() -> None:
            head = self._api.repo_info(self._name, repo_type=_KIND).sha
            there = self._files(None) or {}
            same = self._same(there)
            add = [
                CommitOperationAdd(f.path, self._release.root / f.path)
                for f in self._release.files
                if f.path not in same
            ]
            gone = [CommitOperationDelete(path) for path in sorted(self._left_over(there))]
            if not add and not gone:
                return
            self._setting.progress(f"{self._name}: {len(add)} files, {len(gone)} of the version before taken out")
            self._api.create_commit(
                self._name,
                operations=[*add, *gone],
                commit_message=f"Release {self._release.version}",
                repo_type=_KIND,
                parent_commit=head,
                num_threads=2,
            )

        self._persist(once)

    def _left_over(self, there: dict[str, RepoFile]) -> set[str]:
        """Files of the release before that this one lacks: those that stand, with the same content, in the sums there.

        They stay under the tag of that release. A file that we did not send is left.
        """
        if SUMS not in there:
            return set()
        with tempfile.TemporaryDirectory() as folder:
            self._api.hf_hub_download(self._name, SUMS, repo_type=_KIND, local_dir=folder)
            try:
                before = sums.read(Path(folder))
            except sums.SumsWrong:
                return set()
        ours = {f.path for f in self._release.files}
        return {path for path in before if path in there and path not in ours}

    def _files(self, revision: str | None) -> dict[str, RepoFile] | None:
        """What lies in the repository, by path; None where there is no such repository or revision."""

        def once() -> dict[str, RepoFile] | None:
            try:
                found = self._api.list_repo_tree(self._name, repo_type=_KIND, recursive=True, revision=revision)
                return {f.path: f for f in found if isinstance(f, RepoFile)}
            except (RepositoryNotFoundError, RevisionNotFoundError):
                return None

        return self._persist(once)

    def _same(self, there: dict[str, RepoFile]) -> set[str]:
        return {f.path for f in self._release.files if f.path in there and self._is_same(f, there[f.path])}

    def _is_same(self, file: File, found: RepoFile) -> bool:
        if found.size != file.size:
            return False
        if found.lfs is not None:
            return bool(found.lfs.sha256 == file.sha256)
        sha1 = hashlib.sha1(f"blob {file.size}\0".encode(), usedforsecurity=False)
        for piece in archive.blocks_of(self._release.root / file.path):
            sha1.update(piece)
        return bool(found.blob_id == sha1.hexdigest())

    def _require_whole(self, there: dict[str, RepoFile]) -> None:
        same = self._same(there)
        if other := [f.path for f in self._release.files if f.path not in same]:
            raise PublishingRefused(
                f"{self._name} has {self._tag}, or a commit of somebody else, in which {other[0]} is not that of the "
                "release: a release that is published stays as it is; release the changes as a new version"
            )

    def _persist(self, do: Callable[[], T]) -> T:
        def once() -> T:
            with self._told():
                return do()

        return persist(once, self._setting.patience, self._setting.progress)

    @contextmanager
    def _told(self) -> Iterator[None]:
        doing = f"{self._service.name}: {self._name}"
        try:
            yield
        except (PublishingRefused, Again):
            raise
        except HfHubHTTPError as e:
            status = e.response.status_code
            if status in PASSING:
                raise Again(f"{doing}: the service answers {status}", asked_wait(e.response.headers)) from None
            text = f"{doing}: the service answers {status} ({self._safe(e.server_message or e)})"
            raise PublishingRefused(f"{text}: {remedy(status, self._service)}".rstrip(": ")) from None
        except httpx.TransportError:
            raise Again(f"{doing}: the connection broke off") from None
        except (RuntimeError, ValueError, OSError) as e:
            # The library wraps what went wrong with one of several files.
            if isinstance(e.__cause__, httpx.TransportError):
                raise Again(f"{doing}: the connection broke off") from None
            if isinstance(e.__cause__, HfHubHTTPError) and e.__cause__.response.status_code in PASSING:
                raise Again(f"{doing}: the service answers {e.__cause__.response.status_code}") from None
            raise PublishingRefused(f"{doing}: {self._safe(e)}") from None

    def _safe(self, what: object) -> str:
        return shown(what, (self._token or "",))
