"""One finding in words for the terminal: its rule, the cells that it names, and the lines of the source around it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pipeline import form
from pipeline.dossier.evidence import margin
from pipeline.dossier.facts import Cell, Dataset, Facts, Flag
from pipeline.dossier.source import Unavailable
from pipeline.dossier.visible import one_line, visible
from pipeline.dossier.words import Both, word
from pipeline.model import Text
from pipeline.normalize.locators import Locators, line_of, line_starts
from pipeline.store.query import as_table, plain

_LINES_AROUND = 3
_MOST_LINES = 24
_MOST_CHARACTERS = 160
"""Characters of a line that are shown: of a longer one, those around the evidence."""


def explain(dataset: Dataset, flag: Flag, facts: Facts, text: Text | Unavailable, width: int | None = None) -> str:
    """The finding in words. `facts` of its report, `text` as the document reads now; `width` is the terminal's, None
    where there is none."""
    blocks = [
        _rule(dataset, flag),
        [one_line(flag.message_zh, 2000), one_line(flag.message_en, 2000)],
        _where(dataset, facts, flag),
        _cells(dataset, facts, flag, width),
        _claims(facts, flag, width),
        _repairs(dataset, facts, flag, width),
        list(_source(facts, flag, text)),
    ]
    return "\n\n".join("\n".join(b) for b in blocks if b)


def _rule(dataset: Dataset, flag: Flag) -> list[str]:
    severity = word(f"severity.{flag.severity}")
    out = [f"{flag.rule_code}  {severity.zh} {severity.en}  {flag.flag_id}"]
    rule = dataset.rules.get(flag.rule_code)
    if rule is not None:
        out += [f"  {rule.title_zh}", f"  {rule.title_en}", f"  {_key('reference')}: {rule.reference}"]
    return out


def _where(dataset: Dataset, facts: Facts, flag: Flag) -> list[str]:
    r = facts.report
    document = r.source_path if facts.document.member is None else f"{r.source_path}!{facts.document.member}"
    rows = [
        ("issuer", " ".join(one_line(str(x)) for x in (r.issuer, r.report_year) if x is not None)),
        ("document", one_line(document)),
        ("report_id", r.report_id),
    ]
    if flag.table_code:
        parts = [dataset.label("section", flag.table_code)]
        told = _form(facts, flag.table_code)
        if flag.row_code:
            parts.append(dataset.cell_label("row", told, flag.table_code, flag.row_code))
        if flag.column_code:
            parts.append(dataset.cell_label("column", told, flag.table_code, flag.column_code))
        rows.append(("place", f"{' · '.join(p.zh for p in parts)} / {' · '.join(p.en for p in parts)}"))
    rows += [(k, one_line(v)) for k, v in (("observed", flag.observed), ("expected", flag.expected)) if v is not None]
    return [f"{_key(k)}: {v}" for k, v in rows]


def _key(key: str) -> str:
    return " ".join(word(key))


def _form(facts: Facts, table: str) -> str:
    told = facts.report.form_proactive if table == form.PROACTIVE else facts.report.form_applications
    return told if told in form.FORMS else form.FORMS[-1]


def named_cells(facts: Facts, flag: Flag) -> list[Cell]:
    """The cells that a finding names, in the order of the form; of a broken identity, those that it adds up.

    A finding about a whole table or report names none.
    """
    if flag.table_code is None or not (flag.row_code or flag.column_code):
        return []
    cells = [c for c in facts.cells if flag.names(c)]
    told = _form(facts, flag.table_code)
    broken = [i for i in form.identities(flag.table_code) if i.rule_code == flag.rule_code]
    if broken and not (flag.row_code and flag.column_code):
        terms = {x for i in broken for x in (*i.left, *i.right)}
        cells = [c for c in cells if (c.column_code if flag.row_code else c.row_code) in terms]
    order = {(c.row_code, c.column_code): n for n, c in enumerate(form.cell_defs(told, flag.table_code))}
    return sorted(cells, key=lambda c: (order.get((c.row_code, c.column_code), len(order)), c.row_code, c.column_code))


def _cells(dataset: Dataset, facts: Facts, flag: Flag, width: int | None) -> list[str]:
    cells = named_cells(facts, flag)
    if not cells:
        return []
    told = _form(facts, cells[0].table_code)
    axis = "column" if flag.row_code else "row"
    heads = (axis, "status", "printed", "value", "value_suggested", "value_corrected", "missing_reason", "locator")
    rows, grounds = [], dict[str, list[str]]()
    for c in cells:
        name = dataset.cell_label(axis, told, c.table_code, c.column_code if axis == "column" else c.row_code)
        rows.append(
            (
                one_line(name.zh),
                c.obs_status,
                one_line(c.printed, 60) if c.printed is not None else "",
                plain(c.value),
                plain(c.value_suggested),
                plain(c.value_corrected),
                " ".join(word(f"missing.{c.missing_reason}")) if c.missing_reason else "",
                one_line(c.locator or ""),
            )
        )
        if c.derivation:
            grounds.setdefault(one_line(c.derivation), []).append(one_line(name.zh))
    return [
        *_table(heads, rows, width),
        *(_ground(said, names, len(names) == len(cells)) for said, names in grounds.items()),
    ]


def _ground(said: str, names: Sequence[str], is_all: bool) -> str:
    whose = "" if is_all else f" ({', '.join(names)})"
    return f"{_key('derivation')}{whose}: {said}"


def _claims(facts: Facts, flag: Flag, width: int | None) -> list[str]:
    found = [q for q in facts.claims if q.locator == flag.locator]
    rows = [
        (one_line(q.sentence, 200), q.subject, plain(q.value), plain(q.value_in_table), _agreement(q.agrees).zh)
        for q in found
    ]
    return _table(("claim.sentence", "claim.subject", "claim.value", "claim.in_table", "claim.agrees"), rows, width)


def _agreement(agrees: bool | None) -> Both:
    return word(f"claim.agrees.{'null' if agrees is None else 'yes' if agrees else 'no'}")


def _repairs(dataset: Dataset, facts: Facts, flag: Flag, width: int | None) -> list[str]:
    rule = dataset.rules.get(flag.rule_code)
    if flag.table_code is None or rule is None or rule.family != "identities":
        return []
    told = _form(facts, flag.table_code)
    rows = [
        (
            str(x.solution_no),
            f"{x.weight:g}",
            dataset.label("repair_kind", x.kind).zh,
            dataset.cell_label("row", told, x.table_code, x.row_code).zh,
            dataset.cell_label("column", told, x.table_code, x.column_code).zh,
            plain(x.value_printed),
            plain(x.value_repaired) if x.value_repaired is not None else word("repair.range").zh,
        )
        for x in facts.changes
        if x.table_code == flag.table_code
    ]
    heads = ("to.repairs", "repair.weight", "repair.kind", "row", "column", "printed", "value_suggested")
    return _table(heads, rows, width)


def _table(heads: Iterable[str], rows: Sequence[tuple[str, ...]], width: int | None) -> list[str]:
    """Rows under their headings, without the columns that are empty throughout."""
    if not rows:
        return []
    named = [_key(h) for h in heads]
    kept = [i for i in range(len(named)) if any(r[i] for r in rows)]
    return as_table([named[i] for i in kept], [tuple(r[i] for i in kept) for r in rows], width).split("\n")


def _source(facts: Facts, flag: Flag, text: Text | Unavailable) -> Iterator[str]:
    yield f"{_key('to.source')}: {one_line(flag.locator) if flag.locator else ' '.join(word('no_place'))}"
    if isinstance(text, Unavailable):
        missing, why = word("source.missing"), word(text.why)
        yield f"{missing.zh}{why.zh} {missing.en} {why.en}{f' ({one_line(text.detail)})' if text.detail else ''}"
        yield from _sections(facts, flag)
        return
    span = Locators(text).span(flag.locator) if flag.locator else None
    if span is None:
        return
    starts = line_starts(text.source)
    ends = [*starts[1:], len(text.source)]
    start, end = span
    first, last = line_of(starts, start) - 1, line_of(starts, max(start, end - 1)) - 1
    shown = list(range(max(0, first - _LINES_AROUND), min(len(starts), last + _LINES_AROUND + 1)))
    left = len(shown) - _MOST_LINES
    if left > 0:
        shown = shown[: _MOST_LINES - _LINES_AROUND] + shown[-_LINES_AROUND:]
    place = margin(text)
    wide = max(len(place(starts[i], i + 1)) for i in shown)
    for at, i in enumerate(shown):
        if at and shown[at - 1] != i - 1:
            yield " ".join(word("lines_left_out", n=i - shown[at - 1] - 1))
        mark = "▶" if first <= i <= last else " "
        evidence = (start, end) if first == i == last else (starts[i], -1)
        yield f"{mark} {place(starts[i], i + 1):>{wide}} │ {_line(text.source, starts[i], ends[i], *evidence)}".rstrip()


def _line(source: str, begin: int, finish: int, start: int, end: int) -> str:
    """A line, the evidence in it between ⟦ and ⟧ (`end` before `start`: there is none); of a long one what is near."""
    low, high = begin, finish
    if finish - begin > _MOST_CHARACTERS:
        low = max(begin, min(start, finish) - _MOST_CHARACTERS // 3)
        high = min(finish, low + _MOST_CHARACTERS)
    shown = source[low:high].rstrip("\r\n\x0b\x85\u2028\u2029")
    if end >= start:
        a, b = start - low, max(start - low, min(end - low, len(shown)))
        shown = f"{shown[:a]}⟦{shown[a:b]}⟧{shown[b:]}"
    return f"{'… ' if low > begin else ''}{visible(shown)}{' …' if high < finish else ''}"


def _sections(facts: Facts, flag: Flag) -> Iterator[str]:
    """What the dataset has in place of the source: the beginning of the section that the finding is about."""
    about = [s for s in facts.sections if s.section_code == flag.table_code] or list(facts.sections[:1])
    for s in about:
        yield " ".join(word("source.instead"))
        yield f"  {one_line(s.heading or s.section_code)}"
        if s.text:
            yield f"  {one_line(s.text, 600)}"
