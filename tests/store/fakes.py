"""Parsers for tests: small, quick and badly behaved on request. They run in reading processes, named by module path."""

import contextlib
import os
import signal
import time
from decimal import Decimal
from pathlib import Path

from pipeline import form
from pipeline.model import Cell, Finding, Issuer, Metadata, ParsedReport, SourceFile, StatutoryTable, Unusable

PARSER = "tests.store.fakes:parse"


def parse(data: bytes, source: SourceFile) -> ParsedReport | Unusable:
    text = data.decode()
    if "die" in text:
        os._exit(3)
    if text.startswith("once "):  # the name of a file: while it is there, this process is killed
        with contextlib.suppress(FileNotFoundError):
            Path(text.removeprefix("once ")).unlink()
            os.kill(os.getpid(), signal.SIGKILL)
    if text.startswith("busy "):  # the name of a file that says so: a second in which this process is awake
        Path(text.removeprefix("busy ")).touch()
        for _ in range(10):
            time.sleep(0.1)
    if "hang" in text:
        time.sleep(600)
    if "greedy" in text:
        bytearray(5 * 1024**3)
    if "deep" in text:
        return parse(data, source) if source else parse(b"", source)
    if "raise" in text:
        raise RuntimeError("no idea\nwhat this is")
    if "surrogate" in text:
        return report("\ud800")
    if "junk" in text:
        return Unusable("not_a_report", "no_report_found", "nothing here")
    return report(text.strip())


def report(issuer: str) -> ParsedReport:
    cells = tuple(
        Cell(form.REMEDIES, r, c, "1", Decimal(1), None, "A", locator="line 1")
        for r in form.row_codes("2021", form.REMEDIES)
        for c in form.column_codes("2021", form.REMEDIES)
    )
    table = StatutoryTable(form.REMEDIES, "2021", "words", cells, (), ())
    return ParsedReport(
        Metadata(issuer=issuer, issuer_basis="title", report_year=2024, report_year_basis="title"),
        Issuer("".join(issuer.split())),
        (table,),
        (),
        (),
        (),
        (Finding("row_unlabelled", form.REMEDIES, observed="7", locator="line 9"),),
        "fake",
        "utf-8",
    )
