"""Formats that LibreOffice writes from our plain Word documents: Word 97-2003, the same as WPS, PDF. One run for all."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.corpus.formats.blocks import Report
from tests.corpus.formats.docx import document
from tests.corpus.formats.registry import ProgramMissing, Written, program_format

SECONDS_PER_FILE = 20


def soffice() -> str:
    """The program. Raises `ProgramMissing`."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None:
        raise ProgramMissing("LibreOffice")
    return found


def converted(files: Sequence[bytes], source: str, target: str) -> list[bytes]:
    """Files of one extension converted to a filter ("pdf", "doc:MS Word 97"), all in one run with a fresh profile."""
    program = soffice()
    extension = target.partition(":")[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in").mkdir()
        paths = [folder / "in" / f"{i}{source}" for i in range(len(files))]
        for path, data in zip(paths, files, strict=True):
            path.write_bytes(data)
        command = [
            program,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--norestore",
            "--convert-to",
            target,
            "--outdir",
            str(folder / "out"),
            *map(str, paths),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=60 + SECONDS_PER_FILE * len(files))
        return [(folder / "out" / f"{i}.{extension}").read_bytes() for i in range(len(files))]


def plain_documents(reports: Sequence[Report]) -> list[bytes]:
    return [document(r, is_plain=True) for r in reports]


@program_format("doc", ".doc")
def doc(reports: Sequence[Report]) -> list[Written]:
    """Word 97-2003."""
    return [Written(data) for data in converted(plain_documents(reports), ".docx", "doc:MS Word 97")]


@program_format("wps", ".wps")
def wps(reports: Sequence[Report]) -> list[Written]:
    """WPS Writer saves the same binary format under its own extension."""
    return doc(reports)


@program_format("pdf_office", ".pdf")
def pdf_office(reports: Sequence[Report]) -> list[Written]:
    """A Word document exported to PDF: repeated headers, page numbers, tables over several pages."""
    return [Written(data) for data in converted(plain_documents(reports), ".docx", "pdf")]
