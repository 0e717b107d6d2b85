"""First queries that the README of a release shows; tests run those of DuckDB, Python and R."""

SQL = """\
SET disabled_optimizers = 'statistics_propagation';  -- DuckDB 2.0.0 can give wrong sums with it
SELECT r.report_year, count(*) AS reports, count(c.value) AS known, sum(c.value) AS received
FROM 'data/parquet/cells.parquet' c
JOIN 'data/parquet/reports.parquet' r USING (report_id)
WHERE c.table_code = 'applications' AND c.row_code = 'received_new' AND c.column_code = 'total'
  AND c.obs_status IN ('A', 'I') AND r.issuer_kind <> 'government' -- which contain the figures of their organs
GROUP BY r.report_year
ORDER BY r.report_year;
"""

PYTHON = """\
import polars as pl

cells = pl.read_parquet("data/parquet/cells.parquet")
received = cells.filter(table_code="applications", row_code="received_new", column_code="total")
print(received.group_by("obs_status").agg(pl.len(), pl.col("value").sum()).sort("obs_status"))
"""

R = """\
reports <- read.csv("data/csv/reports_wide.csv.gz", encoding = "UTF-8", na.strings = "",
                    colClasses = c(division_code = "character"))
summary(reports$applications_received_new_total)
"""

STATA = """\
use "data/stata/reports_wide.dta", clear
describe
"""
