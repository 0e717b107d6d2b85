"""A figure of the narrative that the statutory tables of the same report contradict."""

from typing import Any

from expectations.model import Example, Expected, Rule


def _claim(sentence: str, printed: str, subject: str, value: int, *cell: object, **facts: object) -> dict[str, Any]:
    """A row of `claims`: `cell` is row, column, the cells compared with, their value, whether they agree."""
    row, column, compared_with, in_table, agrees = cell or (None, None, None, None, None)
    return {
        "claim_no": 1,
        "section_code": "overview",
        "sentence": sentence,
        "printed": printed,
        "subject": subject,
        "scope": "unstated",
        "value": value,
        "unit": "件",
        "table_code": "applications" if column else None,
        "row_code": row,
        "column_code": column,
        "compared_with": compared_with,
        "value_in_table": in_table,
        "agrees": agrees,
        "locator": "line 5",
        **facts,
    }


_HANDLED = "applications/handled_total/total"
_ALTOGETHER = "applications/received_new/total + applications/carried_in/total"

RULE = Rule(
    code="narrative_disagrees_with_table",
    severity="info",
    family="narrative",
    reference="form, sections one and three to four: the narrative repeats numbers of the tables",
    title_en="A figure of the narrative differs from the table",
    title_zh="正文数字与表格不符",
    message_en="The narrative states {observed} where the table has {expected} ({table}; {row}; {column}).",
    message_zh="正文写作{observed}，而“{table}”表中（{row}，{column}）为{expected}。",
    # Which cells a figure may be held against is told by its words (pipeline/narrate/data/claim_cells.csv); one whose
    # subject, scope or year is uncertain is held against none.
    sql="""
        SELECT report_id, table_code, row_code, column_code,
               plain(value) AS observed, plain(value_in_table) AS expected, locator
        FROM claims WHERE agrees = false
    """,
    examples=(
        Example(
            name="54 answered where the table handles 58",
            rows={
                "claims": (
                    _claim("答复54件。", "54件", "handled_total", 54, "handled_total", "total", _HANDLED, 58, False),
                )
            },
            findings=(Expected("applications", "handled_total", "total", "54", "58"),),
        ),
        Example(
            name="two sentences that give one cell other figures are one finding",
            rows={
                "claims": tuple(
                    _claim(f"办结{n}件。", f"{n}件", "handled_total", n, "handled_total", "total", _HANDLED, 58, False)
                    | {"claim_no": n}
                    for n in (54, 55)
                )
            },
            findings=(Expected("applications", "handled_total", "total", "54; 55", "58"),),
        ),
        Example(
            name="60 received are 58 new and 2 carried in",
            rows={
                "claims": (_claim("收到申请60件。", "60件", "received_new", 60, None, "total", _ALTOGETHER, 60, True),)
            },
        ),
        Example(
            name="the table leaves the cell blank",
            rows={
                "claims": (
                    _claim("答复54件。", "54件", "handled_total", 54, "handled_total", "total", _HANDLED, None, None),
                )
            },
        ),
        Example(
            name="the figure of a hotline is held against nothing",
            rows={"claims": (_claim("12345热线受理诉求1002件。", "1002件", "hotline", 1002),)},
        ),
        Example(
            name="the figure of last year is held against nothing",
            rows={"claims": (_claim("上年收到申请5件。", "5件", "received_new", 5, scope="other_year"),)},
        ),
    ),
)
