"""The documentation does what it says: its commands print what it shows, its links lead somewhere, its lists are whole.

After a change that is meant to change outputs: OGI_UPDATE_DOCS=1 python -m pytest tests/test_docs.py writes them anew.
Read the difference before you commit it.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from expectations.catalogue import catalogue
from pipeline import cli, form, schema
from pipeline.read.text import decode
from pipeline.store.layout import Layout
from pipeline.store.summary import summary
from tests.conftest import ROOT

pytestmark = pytest.mark.xdist_group("docs")

DOCUMENTS = (
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").glob("*.md")),
)
GUIDE = ROOT / "docs" / "guide.md"
NARRATIVES = ROOT / "docs" / "narratives.md"
USE = ROOT / "docs" / "use.md"
"""Its blocks need a release: `test_use.py` runs them."""
LEFT_OUT = "…"
"""A line of its own in an output: lines that the documentation leaves out."""

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_RULES = re.compile(r"(<!-- rules -->\n)(.*?)(<!-- end of rules -->)", re.DOTALL)
_ROOMS = r"(?:pipeline|assets|expectations|tests|benchmarks|data|docs|notebooks|scripts)"
_DATASET = "data/build/sample"

_OF_CELL = r"(page \d+, )?table \d+, row \d+, column \d+"
_OF_LINE = r"page \d+, line \d+(, characters \d+-\d+)?"

documents = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.name)


@dataclass(frozen=True, slots=True)
class Shown:
    """A command of a document and the output that the document shows for it."""

    command: str
    output: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join((f"$ {self.command}", *self.output)) + "\n"

    def agrees(self, printed: list[str]) -> bool:
        """Whether this is what was printed, in whole or with lines left out."""
        at = 0
        parts = _parts(self.output)
        for n, part in enumerate(parts):
            last = n == len(parts) - 1
            starts = [at] if n == 0 else [len(printed) - len(part)] if last else range(at, len(printed))
            found = next((i for i in starts if i >= at and tuple(printed[i : i + len(part)]) == part), None)
            if found is None or (last and found + len(part) != len(printed)):
                return False
            at = found + len(part)
        return True

    def anew(self, printed: list[str]) -> Shown:
        """The same with what was printed; where lines were left out, as many of the first and last ones as before."""
        first, *rest = _parts(self.output)
        kept = [*printed[: len(first)], LEFT_OUT, *printed[len(printed) - len(rest[-1]) :]] if rest else printed
        return Shown(self.command, tuple(kept))


def _parts(lines: tuple[str, ...]) -> list[tuple[str, ...]]:
    parts: list[list[str]] = [[]]
    for line in lines:
        if line == LEFT_OUT:
            parts.append([])
        else:
            parts[-1].append(line)
    return [tuple(p) for p in parts]


def commands(text: str) -> Iterator[Shown]:
    """The commands of the console blocks: from `$ ` to where the quotation closes, then the output."""
    for language, body in _BLOCK.findall(text):
        if language != "console":
            continue
        for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
            lines = part.rstrip("\n").split("\n")
            n = next(i for i in range(1, len(lines) + 1) if _is_closed("\n".join(lines[:i])))
            yield Shown("\n".join(lines[:n]), tuple(lines[n:]))


def _is_closed(command: str) -> bool:
    try:
        shlex.split(command)
    except ValueError:
        return False
    return True


@pytest.fixture(scope="module")
def house(sample_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that looks like the project's after `make build`."""
    folder = tmp_path_factory.mktemp("house")
    (folder / "data" / "build").mkdir(parents=True)
    (folder / "docs" / "images").mkdir(parents=True)
    (folder / "data" / "sample").symlink_to(ROOT / "data" / "sample")
    (folder / "data" / "sample_gold").symlink_to(ROOT / "data" / "sample_gold")
    (folder / "data" / "dictionaries").symlink_to(ROOT / "data" / "dictionaries")
    (folder / _DATASET).symlink_to(sample_build)
    return folder


def _printed(command: str, house: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    program, *arguments = shlex.split(command)
    with chdir(house):
        if program == ".venv/bin/ogi":
            assert cli.main(arguments) == 0, capsys.readouterr().err
            out = capsys.readouterr().out
        elif [program, *arguments] == ["make", "build"]:
            steps = [
                x.replace("$(VENV)", ".venv") for x in re.findall(r'@echo "(.*)"', (ROOT / "Makefile").read_text())
            ]
            out = "\n".join([*steps[:2], summary(Layout(Path(_DATASET)), ".venv/bin/ogi")])
        elif [program, *arguments] == ["make", "ui"]:
            with pytest.MonkeyPatch.context() as m:
                m.setattr("assets.headless.serve", lambda *a: a[3](f"http://127.0.0.1:{a[2]}"))
                assert cli.main(["ui", "--input", "data/sample"]) == 0
            out = capsys.readouterr().out
        else:
            assert program in ("sed", "ls"), f"no console command for a document: {command}"
            out = subprocess.run([program, *arguments], capture_output=True, text=True, check=True).stdout
    return out.rstrip("\n").split("\n")


@documents
def test_commands_print_what_is_shown(path: Path, house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = path.read_text(encoding="utf-8")
    wrong = []
    for shown in commands(text):
        printed = _printed(shown.command, house, capsys)
        if not shown.agrees(printed):
            wrong.append("\n".join((f"$ {shown.command}", *printed)))
            text = text.replace(shown.text, shown.anew(printed).text)
    _settle(path, text, wrong)


def _settle(path: Path, text: str, wrong: list[str]) -> None:
    if wrong and os.environ.get("OGI_UPDATE_DOCS"):
        path.write_text(text, encoding="utf-8")
    else:
        assert not wrong, f"{path.name} shows another output than:\n" + "\n".join(wrong)


def test_an_output_may_leave_lines_out_but_not_change_them() -> None:
    printed = ["a", "b", "c", "d"]
    for lines, agrees in (
        (("a", "b", "c", "d"), True),
        (("a", LEFT_OUT, "d"), True),
        (("a", LEFT_OUT), True),
        (("a", "b", "c"), False),
        (("b", LEFT_OUT), False),
        (("a", LEFT_OUT, "c"), False),
        (("a", LEFT_OUT, "x", LEFT_OUT, "d"), False),
    ):
        assert Shown("x", lines).agrees(printed) is agrees, lines
    assert Shown("x", ("a", LEFT_OUT, "z")).anew(printed).output == ("a", LEFT_OUT, "d")


@pytest.mark.parametrize("path", [d for d in DOCUMENTS if d != USE], ids=lambda p: p.name)
def test_python_runs(path: Path, house: Path) -> None:
    for language, body in _BLOCK.findall(path.read_text(encoding="utf-8")):
        if language == "python":
            if ".save(" in body:
                pytest.importorskip("vl_convert")
            with chdir(house):
                exec(compile(body, path.name, "exec"), {"__name__": "document"})


def test_the_plot_of_the_readme_is_that_of_the_script(house: Path) -> None:
    script = (ROOT / "docs" / "figures" / "first_plot.py").read_text(encoding="utf-8").split('"""\n\n', 1)[1]
    shown = [
        body for language, body in _BLOCK.findall(DOCUMENTS[0].read_text(encoding="utf-8")) if language == "python"
    ]
    assert shown == [script]
    assert (ROOT / "docs" / "images" / "first_plot.png").read_bytes().startswith(b"\x89PNG")


def test_the_plot_of_the_chapter_on_narratives_is_what_its_command_draws(
    house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shown,) = (c for c in commands(NARRATIVES.read_text(encoding="utf-8")) if "--plot" in c.command)
    plot = Path(shlex.split(shown.command)[-1])
    _printed(shown.command, house, capsys)
    drawn, kept = (house / plot).read_text(encoding="utf-8"), (ROOT / plot).read_text(encoding="utf-8")
    _settle(ROOT / plot, drawn, [] if drawn == kept else [f"what is drawn: {plot}"])


@pytest.fixture(scope="module")
def stored_otherwise(house: Path, sample_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same house with the same dataset, the rows of whose tables stand in another order."""
    folder = tmp_path_factory.mktemp("otherwise") / "house"
    shutil.copytree(house, folder, symlinks=True)
    (folder / _DATASET).unlink()
    shutil.copytree(sample_build, folder / _DATASET, symlinks=True)
    with duckdb.connect(str(folder / _DATASET / "ogi.duckdb")) as db:
        for (table,) in db.execute("SELECT table_name FROM duckdb_tables()").fetchall():
            db.execute(f"CREATE OR REPLACE TABLE {table} AS FROM {table} ORDER BY hash(rowid)")
    return folder


@documents
def test_answers_do_not_hang_on_the_order_of_stored_rows(
    path: Path, house: Path, stored_otherwise: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rows that tie, or an order that is not asked for, come out as threads and files have it: never the same for all."""
    for shown in commands(path.read_text(encoding="utf-8")):
        if shown.command.startswith(".venv/bin/ogi sql "):
            first, second = (_printed(shown.command, folder, capsys) for folder in (house, stored_otherwise))
            assert first == second, f"order the rows by more: {shown.command}"


@documents
def test_links_lead_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        assert "://" not in target, f"{path.name}: {target}: what is said here should need no network"
        file, _, anchor = target.partition("#")
        to = (path.parent / file).resolve() if file else path
        assert to.exists(), f"{path.name}: {target}"
        if anchor:
            assert anchor in _anchors(to.read_text(encoding="utf-8")), f"{path.name}: {target}"


def _anchors(text: str) -> set[str]:
    outside = _BLOCK.sub("", text)
    headings = re.findall(r"^#+ (.*)$", outside, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


@documents
def test_files_and_targets_that_are_named_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", text)) <= targets
    for name in set(re.findall(rf"`({_ROOMS}/[^`\s<>*{{}}]*)`", text)):
        if not name.startswith("data/build"):
            assert (ROOT / name).exists(), f"{path.name}: {name}"


@documents
def test_nothing_of_the_machine_is_named(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"/(?:work|root|home|tmp|opt)/|\.library|\.\./(?!CONTRIBUTING|README)", text)


def _rules_table() -> str:
    rows = [
        f"| [`{r.code}`](rules.md#{r.code}) | {r.severity} | {r.status} | {r.family} | {r.title_en} | {r.title_zh} |"
        for r in catalogue()
    ]
    head = ("| rule | severity | status | family | finds | 含义 |", "|---|---|---|---|---|---|")
    return "\n".join((*head, *rows)) + "\n"


def test_the_table_of_rules_is_the_catalogue() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    (shown,) = _RULES.findall(text)
    right = shown[1] == _rules_table()
    _settle(GUIDE, _RULES.sub(lambda m: m[1] + _rules_table() + m[3], text), [] if right else [_rules_table()])


def _codes(*codelists: str) -> list[str]:
    return [r["code"] for r in schema.codes_rows() if r["codelist"] in codelists]


@pytest.mark.parametrize(
    ("what", "names"),
    [
        ("tables", lambda: [t.table for t in schema.tables()]),
        ("views", lambda: [v.table for v in schema.views()]),
        ("columns of cells", lambda: [c.column for c in schema.table("cells").columns]),
        ("status codes", lambda: _codes("obs_status", "missing_reason", "absence", "severity")),
        ("outcomes and reasons", lambda: _codes("outcome", "reason")),
        ("dates", lambda: _codes("date_precision", "date_role")),
        ("identities", lambda: [i.identity_code for i in form.identities()]),
    ],
)
def test_the_guide_leaves_nothing_out(what: str, names: Callable[[], list[str]]) -> None:
    text = GUIDE.read_text(encoding="utf-8")
    assert [n for n in names() if f"`{n}`" not in text] == [], what


def test_keys_in_the_guide_are_those_of_the_schema() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    for table in schema.tables():
        if table.status == schema.BUILT:
            (row,) = re.findall(rf"^\| `{table.table}` \|[^|]*\| (.*) \|$", text, flags=re.MULTILINE)
            assert tuple(re.findall(r"`(\w+)`", row)) == table.key, table.table


def test_every_printed_number_leads_back_to_its_place(sample_build: Path) -> None:
    """What README and guide promise of `locator`: the characters that it names are what `printed` says, and in formats with
    tables it names the cell."""
    with duckdb.connect(str(sample_build / "ogi.duckdb"), read_only=True) as db:
        cells = db.execute(
            "SELECT d.source_path, d.reader, printed, c.locator FROM cells c JOIN reports r USING (report_id) "
            "JOIN documents d ON d.document_id = r.document_id WHERE printed IS NOT NULL AND d.member IS NULL"
        ).fetchall()
    texts: dict[str, str] = {}
    readers = set()
    for path, reader, printed, locator in cells:
        readers.add(reader)
        if not reader.startswith("text/"):
            assert re.fullmatch(_OF_CELL, locator) or re.fullmatch(_OF_LINE, locator), (path, locator)
            continue
        if path not in texts:
            texts[path] = (decode((ROOT / "data" / "sample" / path).read_bytes()) or ("", ""))[0]
        place = re.fullmatch(r"line (\d+), characters (\d+)-(\d+)", locator)
        assert place, locator
        line, start, end = map(int, place.groups())
        assert texts[path][start:end] == printed
        assert texts[path].count("\n", 0, start) + 1 == line
    assert len(cells) > 3000
    assert len(readers) > 4
