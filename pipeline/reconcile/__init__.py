"""Numbers of one statutory table reconciled: short rows placed, blanks deduced, broken identities named.

Numbers only: this room knows no text and no labels, and of `pipeline` only the form's identities.
"""

from pipeline.reconcile.problem import (
    PREFERENCE,
    UNIQUE,
    Change,
    Deduced,
    Placed,
    Problem,
    Repair,
    Repairs,
    Result,
    Run,
    RunOutcome,
    Slot,
    Status,
    Violation,
)
from pipeline.reconcile.solve import MOST, reconcile

__all__ = [
    "MOST",
    "PREFERENCE",
    "UNIQUE",
    "Change",
    "Deduced",
    "Placed",
    "Problem",
    "Repair",
    "Repairs",
    "Result",
    "Run",
    "RunOutcome",
    "Slot",
    "Status",
    "Violation",
    "reconcile",
]
