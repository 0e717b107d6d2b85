"""How values are summed up: what gets a bar, what is counted exactly, what is estimated, and that order does not matter."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import duckdb
import pytest

from pipeline import schema
from pipeline.release.codebook import charts
from pipeline.release.codebook.numbers import plain, readable, span
from pipeline.release.codebook.profiles import MOST_COUNTED, Bar, Profile, profiles


def profile(kind: str, values: str, codelist: str = "", threads: int = 1, unit: str = "") -> Profile:
    """The profile of a column `c` of a query."""
    column = schema.Column("t", "c", kind, True, unit, codelist, "", "")
    table = schema.Table("t", (), schema.BUILT, (), (), "", "", (column,))
    with duckdb.connect() as connection:
        connection.execute(f"SET threads = {threads}")
        ((_, found),) = profiles(connection, table, f"({values})")
        return found


def bars(found: Profile) -> list[tuple[str, int]]:
    return [(b.label, b.rows) for b in found.bars]


def test_few_numbers_get_a_bar_each():
    found = profile("int32", "SELECT unnest([3, 1, 1, NULL, 2]) AS c")
    assert bars(found) == [("1", 2), ("2", 1), ("3", 1)]
    assert (found.rows, found.missing, found.distinct, found.lowest, found.median, found.highest) == (5, 1, 3, 1, 1, 3)


def test_numbers_that_spread_get_a_bar_for_each_decade():
    counts = "SELECT unnest([-2, 0, 0, 5, 9, 10, 99, 100, 12345, 1, 2, 3, 4, 6, 7, 8, 11]) AS c"
    assert bars(profile("int32", counts)) == [
        *(("< 0", 1), ("0", 2), ("1–9", 9), ("10–99", 3), ("100–999", 1), ("1,000–9,999", 0), ("10,000–99,999", 1)),
    ]
    amounts = "SELECT (x / 8)::DECIMAL(18, 6) AS c FROM range(8000) r(x) UNION ALL SELECT 1000000"
    assert ("0–1", 7) in bars(profile("decimal", amounts))


def test_shares_get_tenths_and_borders_belong_to_the_upper_one():
    found = profile("double", "SELECT x / 20 AS c FROM range(21) r(x)")
    assert bars(found) == [(f"{plain(n / 10)}–{plain((n + 1) / 10)}", 2 if n < 9 else 3) for n in range(10)]


def test_other_numbers_get_equal_ranges_of_whole_numbers():
    found = profile("int32", "SELECT 100 + x AS c FROM range(30) r(x)")
    assert bars(found) == [(f"{n}–{n + 2}", 3) for n in range(100, 130, 3)]


def test_numbers_and_years_stand_as_far_apart_as_they_are():
    years = profile("int32", "SELECT unnest([2012, 2019, 2021, 2021]) AS c", unit="year")
    assert bars(years) == [
        ("2012", 1),
        *((str(y), 0) for y in range(2013, 2019)),
        ("2019", 1),
        ("2020", 0),
        ("2021", 2),
    ]
    assert bars(profile("date", "SELECT unnest([DATE '2012-05-01', DATE '2014-01-01']) AS c"))[1] == ("2013", 0)
    assert bars(profile("decimal", "SELECT unnest([-3, -2, 0]) AS c")) == [("−3", 1), ("−2", 1), ("−1", 0), ("0", 1)]
    far = profile("int32", "SELECT unnest([0, 1, 12345]) AS c").bars
    assert [(b.label, b.first, b.is_apart) for b in far] == [("0", 0, False), ("1", 1, False), ("12,345", 12345, True)]
    assert (charts.places(far), charts.histogram(far).count('class="track"')) == (4, 3)
    many = profile("int32", "SELECT 1900 + 10 * x AS c FROM range(13) r(x)", unit="year")
    assert bars(many)[0] == ("1900–1910", 2) and sum(b.rows for b in many.bars) == 13


def test_no_range_goes_beyond_the_highest_number():
    assert bars(profile("int32", "SELECT 1 + x AS c FROM range(61) r(x)"))[-1] == ("61", 1)
    below = profile("int32", "SELECT x - 30 AS c FROM range(60) r(x)").bars
    assert [(b.label, b.first, b.last) for b in below[:2]] == [("−30 … −26", -30, -26), ("−25 … −21", -25, -21)]


def test_dates_are_counted_by_year_and_by_spans_where_years_are_many():
    few = profile("date", "SELECT unnest([DATE '2023-01-05', DATE '2021-12-31', NULL]) AS c")
    assert bars(few) == [("2021", 1), ("2022", 0), ("2023", 1)] and few.lowest == dt.date(2021, 12, 31)
    many = profile("date", "SELECT make_date(2000 + x::INT, 1, 1) AS c FROM range(30) r(x)")
    assert bars(many)[:2] == [("2000–2002", 3), ("2003–2005", 3)] and sum(b.rows for b in many.bars) == 30


def test_texts_that_come_back_are_listed_and_others_are_not():
    assert bars(profile("string", "SELECT unnest(['b', 'a', 'b', 'a', 'b', 'c']) AS c")) == [
        ("b", 3),
        ("a", 2),
        ("c", 1),
    ]
    names = profile("string", "SELECT 'name ' || x AS c FROM range(40) r(x)")
    assert not names.bars and (names.lowest, names.highest, names.distinct) == (6, 7, 40)
    assert not profile("string", "SELECT repeat('字', 300) AS c FROM range(9)").bars, "no sentence is a value"


def test_every_code_is_counted_and_the_commonest_are_shown():
    found = profile("string", "SELECT unnest(['O', 'A', 'A', NULL]) AS c", "obs_status")
    assert bars(found) == [("A", 2), ("O", 1)] and found.counts == found.bars and found.missing == 1


@pytest.mark.parametrize("threads", [1, 4])
def test_an_estimate_is_the_same_in_any_order_and_with_any_number_of_threads(threads: int):
    up = f"SELECT 'text ' || x AS c FROM range({60 * MOST_COUNTED}) r(x)"
    found = profile("string", up, threads=threads)
    down = profile("string", f"SELECT c FROM ({up}) ORDER BY md5(c)", threads=1)
    assert found.is_estimate and found == down
    assert abs(found.distinct / (60 * MOST_COUNTED) - 1) < 0.15


def test_nothing_has_no_range():
    for kind in ("int32", "double", "decimal", "date", "string", "bool"):
        sql = schema.Column("t", "c", kind, True, "", "", "", "").sql_type
        found = profile(kind, f"SELECT NULL::{sql} AS c WHERE false")
        assert (found.rows, found.distinct, found.lowest, found.median, found.bars) == (0, 0, None, None, ())
    one = profile("double", "SELECT unnest([7.5, 7.5]) AS c")
    assert bars(one) == [("7.5", 2)]


def test_numbers_are_written_without_exponents_and_trailing_zeros():
    written = [plain(v) for v in (Decimal("10.500000"), Decimal("-3.000000"), Decimal("1E+3"), 1e-05, 2.0, 7)]
    assert written == ["10.5", "-3", "1000", "0.00001", "2", "7"]


def test_readers_get_thousands_apart_and_a_minus():
    values = (
        1234567,
        -3,
        Decimal("69322.900000"),
        0.0149253,
        10670992.0,
        -0.00001,
        -1234.5,
        -0.0,
        dt.date(2024, 1, 2),
        None,
    )
    assert [readable(v) for v in values] == [
        *("1,234,567", "−3", "69,322.9", "0.01493", "10,670,992", "−0.00001", "−1,234", "0", "2024-01-02", "–"),
    ]
    assert readable(2024, "year") == "2024"
    assert [span(*ends) for ends in ((7, 7), (1000, 9999), (-2, 18), (0.1, 0.2))] == [
        "7",
        "1,000–9,999",
        "−2 … 18",
        "0.1–0.2",
    ]


def test_pictures_escape_what_they_are_given_and_keep_small_numbers_visible():
    picture = charts.histogram([Bar("</title><script>", 1), Bar("b", 10_000), Bar("c", 0)])
    assert "<script>" not in picture and "&lt;/title&gt;" in picture
    assert picture.count('class="fill"') == 2 and 'height="1"' in picture
    assert charts.status_bar({"A": 3, "O": 1}, ("A", "U", "O")).count("<rect") == 2
    assert charts.status_bar({}, ("A",)).count("<rect") == 0
