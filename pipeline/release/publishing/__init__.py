"""Publishing: a release folder, as it stands, to where others download it; begun anew, it goes on where it was cut.

`plan` looks and says what it would do; `publish` does it. Every release ends with the sums it began with:
what is downloaded and laid out as told passes `sha256sum -c SHA256SUMS`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from pipeline.release.publishing import contents
from pipeline.release.publishing.errors import PublishingInterrupted, PublishingRefused
from pipeline.release.publishing.folder import ToFolder
from pipeline.release.publishing.model import Outcome, Plan, Progress, Publisher, Setting, Upload
from pipeline.release.publishing.retry import Patience
from pipeline.release.publishing.target import Target

__all__ = [
    "Outcome",
    "Patience",
    "Plan",
    "PublishingInterrupted",
    "PublishingRefused",
    "Target",
    "Upload",
    "plan",
    "publish",
]


def plan(folder: Path, to: str, environment: Mapping[str, str] = os.environ, patience: Patience | None = None) -> Plan:
    """What publishing a release folder would send where, and what is there already; nothing is written anywhere.

    `to` is `zenodo`, `zenodo:RECORD` (a new version of that record), `huggingface:OWNER/NAME`, `s3://BUCKET/PREFIX` or
    a folder. Without credentials the plan says so, and what it cannot know. Raises PublishingRefused where the release
    or the target is none that can be published, PublishingInterrupted where the target does not answer.
    """
    target = Target.of(to, environment)
    release = contents.read(folder)
    return _publisher(target)(Setting(release, target, environment, lambda _: None, patience or Patience())).plan()


def publish(
    planned: Plan,
    progress: Progress,
    *,
    final: bool = False,
    environment: Mapping[str, str] = os.environ,
    patience: Patience | None = None,
) -> Outcome:
    """Does what a plan says, and looks anew at what is there. `progress` takes lines for whoever waits.

    At Zenodo what is sent stays a draft, at Hugging Face a new dataset stays private, until `final` asks for more: a
    record that is published cannot be taken back. Raises as `plan`; after PublishingInterrupted, and after a process
    that was ended, a second call goes on.
    """
    release = contents.read(planned.release.root)
    if release != planned.release:
        raise PublishingRefused(f"{release.root} has changed since the plan was made: make the plan again")
    setting = Setting(release, planned.target, environment, progress, patience or Patience())
    return _publisher(planned.target)(setting).publish(final)


def _publisher(target: Target) -> Callable[[Setting], Publisher]:
    """Those that need the packages of the extra `publish` are imported when they are asked for."""
    if target.kind == "zenodo":
        from pipeline.release.publishing.zenodo import ToZenodo

        return ToZenodo
    if target.kind == "s3":
        from pipeline.release.publishing.s3 import ToS3

        return ToS3
    if target.kind == "huggingface":
        from pipeline.release.publishing.huggingface import ToHuggingFace

        return ToHuggingFace
    return ToFolder
