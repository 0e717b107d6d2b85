"""DOC, WPS and RTF: Word's older formats, turned into DOCX and read as that.

Word 97 to 2003 and WPS Writer files ([MS-DOC] in an OLE compound file) are converted in this process by msdoc2docx, which
takes the columns of tables from the edges of the cells. Word 6 and 95, RTF, Word 2003 XML and what that converter cannot
read are left to LibreOffice where it is installed.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import resource
import shutil
import signal
import struct
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import limits
from pipeline.model import Document, SourceFile, Unusable
from pipeline.read.docx import read_package
from pipeline.read.fault import LACKING, Fault

if TYPE_CHECKING:
    from doc2docx import ConversionResult

READER = "doc/1"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_RTF = b"{\\rtf"
_WORD_XML = b'progid="Word.Document"'
_OLDEST = 0x00C1
"""nFib of Word 97 ([MS-DOC] 2.5.2); smaller ones are Word 6 and 95, a different format."""
_ENCRYPTED = 0x0100

_OTHERS = {
    "workbook": "an Excel workbook",
    "book": "an Excel workbook",
    "powerpoint document": "a PowerPoint presentation",
    "visiodocument": "a Visio drawing",
    "__properties_version1.0": "an Outlook message",
}
# What the converter says where it lost something that matters, and what to say of the reading then.
_LOSSES = {
    "TABLE_CELL_DEFINITION_MISMATCH": "Cells of a table may be out of place.",
    "TABLE_GRID_MISMATCH": "Cells of a table may be out of place.",
    "MALFORMED_TABLE_FLATTENED": "Cells of a table may be out of place.",
    "TABLE_DEPTH_LIMITED": "Cells of a table may be out of place.",
    "MAIN_TEXTBOX_TABLE_MALFORMED": "Text boxes were not read.",
    "NUMBERING_TABLE_MALFORMED": "Numbers that lists print before paragraphs were not read.",
}

# No macros, no links followed: LibreOffice's own settings, written into the profile that it starts with.
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop>
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
</item></oor:items>
"""
_SHARE = 0.7
"""Part of the time for one document that LibreOffice gets: what it leaves is for reading the result."""


def sniff(data: bytes, source: SourceFile) -> bool:
    return data.startswith((_OLE, _RTF)) or _is_word_xml(data)


def _is_word_xml(data: bytes) -> bool:
    head = data[:1000]
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml") and _WORD_XML in head


def read(data: bytes, source: SourceFile) -> Document | Unusable:
    """Reads a DOC, WPS or RTF file.

    Unusable: unsupported_format (another program's file), no_text, only_images.
    Raises Fault: damaged, encrypted, too_complex, timed_out, needs_libreoffice.
    """
    if data.startswith(_RTF):
        return _by_libreoffice(data, "rtf", "Rich Text Format", "an RTF file")
    if not data.startswith(_OLE):
        return _by_libreoffice(data, "xml", "MS Word 2003 XML", "a Word 2003 XML file")
    names, head = _open(data)
    if "encryptedpackage" in names or "encryptioninfo" in names:
        raise Fault("encrypted", "The document is protected by a password.")
    if "worddocument" not in names:
        other = next((what for name, what in _OTHERS.items() if name in names), "an OLE file without a Word document")
        return Unusable("unreadable", "unsupported_format", f"The content is {other}.", READER)
    version, flags = struct.unpack_from("<2xH6xH", head)
    if version < _OLDEST:
        return _by_libreoffice(data, "doc", "MS WinWord 6.0" if version < 0x68 else "MS Word 95", "a Word 6 or 95 file")
    if flags & _ENCRYPTED:
        raise Fault("encrypted", "The document is protected by a password.")
    return _by_converter(data)


def _open(data: bytes) -> tuple[frozenset[str], bytes]:
    """The names in the compound file's root, in lower case, and the first bytes of its Word stream."""
    from doc2docx.cfb import CompoundFile, CompoundFileLimits

    limit = limits.current()
    try:
        file = CompoundFile(
            data,
            limits=CompoundFileLimits(max_stream_bytes=limit.max_unpacked, max_directory_entries=limit.max_members),
        )
        names = frozenset(str(entry.name).lower() for entry in file.entries)
        head = file.open_stream("WordDocument")[:32] if "worddocument" in names else b""
    except Exception as e:  # the converter meets hostile bytes: whatever it raises, the file is not readable
        raise Fault("damaged", f"The OLE file cannot be opened: {str(e)[:200]}.") from None
    if "worddocument" in names and len(head) < 32:
        raise Fault("damaged", "The Word document inside the file breaks off.")
    return names, head


def _by_converter(data: bytes) -> Document | Unusable:
    from doc2docx import convert
    from doc2docx.errors import EncryptedDocumentError

    with tempfile.TemporaryDirectory(prefix="ogi-") as folder:
        path = Path(folder, "in.doc")
        path.write_bytes(data)
        try:
            result = convert(path, Path(folder, "out.docx"))
            made = Path(folder, "out.docx").read_bytes()
            lost = _losses(result)
        except EncryptedDocumentError:
            raise Fault("encrypted", "The document is protected by a password.") from None
        except Exception as e:  # as above
            if isinstance(e, MemoryError) or (isinstance(e, OSError) and e.errno in LACKING):
                raise  # neither of which LibreOffice would mend
            return _by_libreoffice(data, "doc", "MS Word 97", f"a Word file with a defect ({str(e)[:200]})")
    if lost and libreoffice():
        with contextlib.suppress(Fault):
            return _by_libreoffice(data, "doc", "MS Word 97", "a Word file")
    return read_package(made, READER, tuple(lost))


def _losses(result: ConversionResult) -> list[str]:
    """What the conversion lost. A table that begins in the first cell of another counts as malformed there and is not."""
    from doc2docx.model import Table

    nested_first = sum(
        isinstance(block, Table) and isinstance(block.rows[0].cells[0].body_blocks[0], Table)
        for block in result.document.body_blocks
    )
    found = {
        _LOSSES[str(d.code)]
        for d in result.report.diagnostics
        if str(d.code) in _LOSSES
        and not (d.code == "MALFORMED_TABLE_FLATTENED" and d.details.get("group_count", 0) <= nested_first)
    }
    return sorted(found)


def libreoffice() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


def libreoffice_build() -> str | None:
    """What tells one LibreOffice from another, None where there is none: size and time of the program, which a package
    brings along. To ask it for its version would start it, for half a second in every build."""
    program = libreoffice()
    if program is None:
        return None
    script = Path(program).resolve()
    binary = script.with_name("soffice.bin")
    told = (binary if binary.is_file() else script).stat()
    return f"{told.st_size} bytes of {dt.datetime.fromtimestamp(int(told.st_mtime), dt.UTC):%Y-%m-%d %H:%M:%S}"


def _by_libreoffice(data: bytes, suffix: str, import_filter: str, what: str) -> Document | Unusable:
    program = libreoffice()
    if program is None:
        raise Fault("needs_libreoffice", f"The content is {what}, which only LibreOffice can read here.")
    with tempfile.TemporaryDirectory(prefix="ogi-") as folder:
        settings = Path(folder, "profile", "user", "registrymodifications.xcu")
        settings.parent.mkdir(parents=True)
        settings.write_text(_PROFILE, encoding="utf-8")
        path = Path(folder, f"in.{suffix}")
        path.write_bytes(data)
        command = [
            program,
            f"-env:UserInstallation={Path(folder, 'profile').as_uri()}",
            "--headless",
            "--norestore",
            "--nologo",
            f"--infilter={import_filter}",
            "--convert-to",
            "docx",
            "--outdir",
            folder,
            str(path),
        ]
        _run(command)
        made = Path(folder, "in.docx")
        if not made.is_file():
            raise Fault("damaged", f"The content is {what}, and LibreOffice cannot read it.")
        converted = made.read_bytes()
    return read_package(converted, READER, ("Converted by LibreOffice.",))


def _run(command: list[str]) -> None:
    """Runs LibreOffice, which is a script that starts a program: both end when the time is up, and no file that they write
    is larger than what a document may unpack to."""
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        if hasattr(resource, "prlimit"):
            most = limits.current().max_unpacked
            with contextlib.suppress(OSError):  # it has ended
                resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (most, most))
        process.wait(_SHARE * limits.current().max_seconds)
    except subprocess.TimeoutExpired:
        raise Fault("timed_out", "LibreOffice took longer than the limit for one document.") from None
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
