"""Verdicts on what the reconciliation made of one sheet, in the terms of statistical data editing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from benchmarks.editing_errors import Sheet
from pipeline.reconcile import Repair, Repairs, Result, Slot


def score(sheet: Sheet, result: Result) -> Counter[str]:
    """Counts over one sheet.

    wrong: printed numbers that are wrong. Where there are any: faulty, one of `VERDICTS`, located (one repair is preferred
    and changes the wrong cells and no others), right_flagged (rightly printed cells that a suggestion would change),
    silent (cells with a wrong number where nothing was noticed); full_3 and full_3_undetected (every cell printed, at
    most three wrong). Where there are none: false_alarms (an identity is said to fail), no_reading (short rows are said
    to have no reading in which what they lost is zeros).
    Of the cells without a certain printed number, unprinted: deduced_right, deduced_wrong (status I), placed_right,
    placed_wrong (status U), left_open; deduced_wrong_noticed where something was noticed.
    altered: printed cells for which the result has another number.
    """
    n: Counter[str] = Counter(sheets=1)
    wrong = sheet.wrong
    detected = bool(result.violations) or result.infeasible
    n["wrong"] = len(wrong)
    n["false_alarms"] = bool(result.violations) and not wrong
    n["no_reading"] = result.infeasible and not wrong
    n["altered"] = sum(s in result.deduced or s in result.placed for s in sheet.problem().known)
    n += cells_without_number(sheet, result)
    if not wrong:
        return +n
    n["faulty"] = 1
    n[verdict(sheet, result.repairs, detected)] = 1
    chosen = singled_out(result.repairs)
    n["located"] = chosen is not None and {c.slot for c in chosen.changes} == set(wrong)
    suggested = result.repairs.suggested if result.repairs else {}
    n["right_flagged"] = sum(s not in wrong and v != sheet.printed[s] for s, v in suggested.items())
    n["deduced_wrong_noticed"] = n["deduced_wrong"] if detected else 0
    if not detected:
        n["silent"] = len(wrong) + sum(d.value != sheet.truth[s] for s, d in result.deduced.items())
    n["full_3"] = len(wrong) <= 3 and not sheet.unprinted
    n["full_3_undetected"] = n["full_3"] and not detected
    return +n


VERDICTS = (
    "undetected",
    "suggested_right",
    "suggested_in_part",
    "suggested_wrong",
    "listed",
    "not_listed",
    "undecided",
)


def verdict(sheet: Sheet, repairs: Repairs | None, detected: bool) -> str:
    """undetected; or of what was noticed: the suggestion right, right as far as it goes, or wrong; no suggestion, and
    the truth among the listed repairs or not; or no list, because the search ended without one or at its cap."""
    if not detected:
        return "undetected"
    if repairs is None or not repairs.solutions:
        return "undecided"
    wrong = sheet.wrong
    if repairs.suggested:
        if any(v != sheet.truth[s] for s, v in repairs.suggested.items()):
            return "suggested_wrong"
        return "suggested_right" if set(wrong) <= set(repairs.suggested) else "suggested_in_part"
    if any(is_truth(r, wrong) for r in repairs.solutions):
        return "listed"
    return "not_listed" if repairs.is_complete else "undecided"


def singled_out(repairs: Repairs | None) -> Repair | None:
    """The repair that the reconciliation prefers to all others."""
    if repairs is None or not repairs.is_complete or not repairs.solutions:
        return None
    return repairs.solutions[0] if repairs.suggested or len(repairs.solutions) == 1 else None


def is_truth(repair: Repair, wrong: Mapping[Slot, int]) -> bool:
    """Whether a repair puts the true numbers; one that leaves a number open counts where its cells are the wrong ones."""
    changes = {c.slot: c.repaired for c in repair.changes}
    return changes.keys() == wrong.keys() and all(v is None or v == wrong[s] for s, v in changes.items())


def cells_without_number(sheet: Sheet, result: Result) -> Counter[str]:
    """What became of the cells in which nothing certain is printed."""
    n: Counter[str] = Counter()
    known = sheet.problem().known
    for slot, true in sheet.truth.items():
        if slot in known:
            continue
        n["unprinted"] += 1
        if slot in result.deduced:
            n["deduced_right" if result.deduced[slot].value == true else "deduced_wrong"] += 1
        elif slot in result.placed:
            n["placed_right" if result.placed[slot].value == true else "placed_wrong"] += 1
        else:
            n["left_open"] += 1
    return n


# ---- parsers that fill a template ----
def fill_in_reading_order(sheet: Sheet) -> dict[Slot, int]:
    """The cells of the form, filled one by one with the numbers of the text in reading order; 0 where they run out.

    What a script does that takes every number behind the heading of section three and zips it with the form's cells.
    """
    numbers = [n for _, row in sheet.text for n in row]
    return _fill([(r, c) for r in sheet.rows for c in sheet.columns], numbers)


def fill_row_by_row(sheet: Sheet) -> dict[Slot, int]:
    """The same within each row, which is found by its label: cells filled from the left, 0 where the numbers run out."""
    out = dict.fromkeys(sheet.truth, 0)
    for row, numbers in sheet.text:
        out |= _fill([(row, c) for c in sheet.columns], numbers)
    return out


def _fill(slots: Sequence[Slot], numbers: Sequence[int]) -> dict[Slot, int]:
    padded = [*numbers, *[0] * (len(slots) - len(numbers))]
    return dict(zip(slots, padded, strict=False))


def score_templates(sheet: Sheet) -> Counter[str]:
    """Cells that each template parser fills with a number that is not the true one, none of them marked."""
    n: Counter[str] = Counter()
    for name, fill in (("reading_order", fill_in_reading_order), ("row_by_row", fill_row_by_row)):
        cells = sum(v != sheet.truth[s] for s, v in fill(sheet).items())
        n[f"{name}_cells"] = cells
        n[f"{name}_sheets"] = cells > 0
    return n
