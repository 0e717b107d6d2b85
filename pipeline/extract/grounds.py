"""The grounds on which a number is taken with doubt: how the `derivation` of a cell of status U begins.

One list for the stages that read and for the invariants that check what they wrote: a ground that is not here is none.
"""

from __future__ import annotations

from enum import StrEnum


class Ground(StrEnum):
    """A ground of doubt, in words; more may follow behind it."""

    HEADERS_UNKNOWN = "column order assumed: headers not recognised"
    COLUMNS_IN_OTHER_ORDER = "the columns stand in another order than on the form"
    COLUMN_MISSING = "a column header is missing, and perhaps its column"
    FOREIGN_COLUMN = "a column that is not on the form stands in the table"
    LABEL_DAMAGED = "row label damaged"
    NEXT_LABEL_LOST = "the label of the next row is lost"
    ROW_INFERRED = "row inferred: the label of one row is missing here"
    SEVERAL_ROWS = "the table has several rows of numbers"
    STRAYS = "numbers without a label stand in the table"
    WORDS_AMONG_NUMBERS = "words with digits stand among the numbers"
    DIGITS_APART = "digits with a gap between read as one number"
    UNITS_CONTRADICT = "the units that the table names contradict one another"
    UNIT_UNKNOWN = "the unit that the table names is not known"
    RECOGNISED = "recognised from a picture"
