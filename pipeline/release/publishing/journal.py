"""What is under way at a target, noted beside the release folder so that a second call finds it. It holds no secrets."""

from __future__ import annotations

import hashlib
import json

from pipeline.release.publishing.contents import Release
from pipeline.release.publishing.errors import PublishingRefused
from pipeline.release.publishing.target import Target
from pipeline.store.files import replace_text

_MOST_BYTES = 1024**2


class Journal:
    """Names that a service gave to what we began: a draft, a multipart upload. A journal that is gone costs time only.

    It counts for one release with one content at one target; for another it is empty.
    """

    def __init__(self, release: Release, target: Target) -> None:
        place = hashlib.sha256(f"{target.kind} {target.address} {target.name}".encode()).hexdigest()[:12]
        self.path = release.root.parent / f".publishing-{release.root.name}-{target.kind}-{place}.json"
        self._seal = release.seal
        self._notes = self._read()

    def get(self, key: str) -> str | None:
        return self._notes.get(key)

    def note(self, key: str, value: str) -> None:
        """Raises PublishingRefused where it cannot be written: what is begun then could not be found again."""
        self._write({**self._notes, key: value})

    def forget(self, key: str) -> None:
        if key in self._notes:
            self._write({k: v for k, v in self._notes.items() if k != key})

    def end(self) -> None:
        """Nothing is under way any more."""
        self._notes = {}
        self.path.unlink(missing_ok=True)

    def _write(self, notes: dict[str, str]) -> None:
        try:
            replace_text(
                self.path, json.dumps({"release": self._seal, "begun": notes}, indent=1, sort_keys=True) + "\n"
            )
        except OSError as e:
            raise PublishingRefused(
                f"{self.path} cannot be written ({e.strerror or e}): what is begun is noted beside the release; "
                "copy the release to a folder that you may write to"
            ) from e
        self._notes = notes

    def _read(self) -> dict[str, str]:
        """Empty where there is none, or none of this release: damage costs a second upload, never a wrong one."""
        try:
            with self.path.open("rb") as f:
                said = json.loads(f.read(_MOST_BYTES))
            if said["release"] != self._seal:
                return {}
            return {k: v for k, v in said["begun"].items() if isinstance(k, str) and isinstance(v, str)}
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return {}
