"""`reports_wide`: one row a report, every cell with its status, and `other` over both forms."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest

from pipeline import schema
from pipeline.store.reports_wide import reports_wide

ONE, THREE = ("other",), ("other_uncorrected", "other_unpaid_fee", "other_other")


def wide(
    cells: list[tuple[str, str, int | None, str]], flags: tuple[str, ...] = (), corrected: str = ""
) -> dict[str, object]:
    """The row of a report with these cells of the applications table: row, column, number, status.

    All cells of the row `corrected` are corrected by hand.
    """
    with duckdb.connect() as connection:
        for table in ("reports", "cells", "flags"):
            columns = ", ".join(f"{c.column} {c.sql_type}" for c in schema.table(table).columns)
            connection.execute(f"CREATE TABLE {table} ({columns})")
        connection.execute("INSERT INTO reports (report_id, report_year) VALUES ('r', 2023)")
        for row, column, number, status in cells:
            connection.execute(
                "INSERT INTO cells (report_id, table_code, row_code, column_code, value, obs_status) "
                "VALUES ('r', 'applications', ?, ?, ?, ?)",
                [row, column, number, status],
            )
        connection.execute(
            "UPDATE cells SET value_corrected = 7, correction_id = 'by hand' WHERE row_code = ?", [corrected]
        )
        for severity in flags:
            connection.execute("INSERT INTO flags (report_id, severity) VALUES ('r', ?)", [severity])
        cursor = connection.execute(reports_wide())
        names = [d[0] for d in cursor.description]
        (row_found,) = cursor.fetchall()
    return dict(zip(names, row_found, strict=True))


@pytest.mark.parametrize(
    ("one", "three", "number", "status"),
    [
        ("5 A", "", 5, "A"),
        ("5 A", ". K|. K|. K", 5, "A"),
        (". O", ". K|. K|. K", None, "O"),
        (". M", ". K|. K|. K", 0, "M"),
        ("", "1 A|2 A|3 A", 6, "A"),
        ("", "1 A|2 I|3 A", 6, "I"),
        ("", "1 U|2 I|3 A", 6, "U"),
        ("", "1 A|. O|3 A", None, "O"),
        ("", "1 A|. M|3 A", 4, "A"),
        ("", ". M|. M|. M", 0, "M"),
        ("", "1 A|2 A", None, "O"),
        ("", "", None, None),
        (". O", "1 A|2 U|3 A", 6, "U"),
        (". O", "1 A|. O|3 A", None, "O"),
    ],
)
def test_other_is_the_one_printed_row_or_the_sum_of_its_three(
    one: str, three: str, number: int | None, status: str | None
) -> None:
    cells = []
    for rows, said in ((ONE, one), (THREE, three)):
        for row, cell in zip(rows, filter(None, said.split("|")), strict=False):
            value, found = cell.split()
            cells.append((row, "total", None if value == "." else int(value), found))
    row = wide([*cells, ("granted", "total", 9, "A")])
    assert row["applications_other_total"] == (None if number is None else Decimal(number))
    assert row["applications_other_total_status"] == status


def test_cells_are_counted_by_status_and_correction_and_findings_by_severity() -> None:
    """A correction is counted and changes no number."""
    row = wide(
        [("granted", "total", 9, "A"), ("partial", "total", 1, "U"), ("handled_total", "total", 10, "I")]
        + [(r, "enterprise", None, "O") for r in ("granted", "partial")]
        + [("denied_state_secret", "total", None, "M"), ("other_other", "total", None, "K")],
        flags=("error", "warning", "warning", "info"),
        corrected="granted",
    )
    counts = {n: row[n] for n in row if n.startswith(("cells_", "findings_"))}
    assert counts == {
        "cells_certain": 1,
        "cells_doubted": 1,
        "cells_deduced": 1,
        "cells_open": 2,
        "cells_corrected": 2,
        "findings_error": 1,
        "findings_warning": 2,
    }
    assert (row["applications_granted_total"], row["applications_granted_total_status"]) == (Decimal(9), "A")
    assert (row["applications_denied_state_secret_total"], row["applications_denied_state_secret_total_status"]) == (
        None,
        "M",
    )


def test_a_report_without_tables_has_a_row_of_nulls_and_noughts() -> None:
    row = wide([])
    assert row["report_year"] == 2023 and row["cells_certain"] == 0 and row["findings_error"] == 0
    assert {v for n, v in row.items() if n.startswith(("proactive_", "applications_", "remedies_"))} == {None}
    assert set(row) == {c.column for c in schema.view("reports_wide").columns}
