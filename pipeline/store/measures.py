"""SQL that reads like the form, kept in the DuckDB file: tables, views and macros that pool indicators over reports.

A pooled share is the sum of numerators over the sum of denominators, never a mean of shares. What is left out is counted,
by why. Figures of governments, which usually contain those of the organs under them, are never added to those of organs.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.data_files import table_rows
from pipeline.store.indicators import indicators
from pipeline.store.sql import quoted

TABLE, VIEW, TABLE_MACRO, SCALAR_MACRO = "table", "view", "table macro", "macro"


@dataclass(frozen=True, slots=True)
class Measure:
    """A table, view or macro: `parameters` as they are declared, `sql` its query or expression, `formula` what it computes.

    `sorted_by` is the order in which a table is stored.
    """

    name: str
    kind: str
    parameters: str
    sql: str
    formula: str
    description_en: str
    description_zh: str
    example: str
    sorted_by: str = ""

    @property
    def comment(self) -> str:
        return f"{self.description_en} {self.description_zh} {self.formula}"

    @property
    def create(self) -> str:
        """The statement; a table has then what follows from the rows that are there."""
        if self.kind in (TABLE, VIEW):
            return f"CREATE {self.kind} {self.name} AS {self.sql}"
        table = "TABLE " if self.kind == TABLE_MACRO else ""
        return f"CREATE MACRO {self.name}({self.parameters}) AS {table}{self.sql}"


_OUTCOMES = ("granted", "partial", "denied", "unavailable", "declined", "other")
_PLACE = "report_year, division_code, division_name, division_level, reporting_scope"
_USED = "use_code = 'used'"
_USED_OR_DOUBTFUL = "(use_code = 'used' OR (doubtful AND use_code = 'doubtful'))"


def _pooled(used: str) -> str:
    """The columns of everything pooled: what it counts, what is left out and why, and what comes of it."""
    numerator, denominator = (f"sum({side}) FILTER ({used})" for side in ("numerator", "denominator"))
    left_out = ", ".join(
        f"count(*) FILTER (use_code = '{why}' AND NOT {used}) AS left_out_{why}"
        for why in ("open", "doubtful", "contradictory", "repeated", "not_asked")
    )
    return (
        f"count(*) AS reports, count(*) FILTER ({used}) AS reports_used, {left_out}, "
        f"{numerator} AS numerator, {denominator} AS denominator, any_value(scale) * CASE WHEN any_value(is_ratio) "
        f"THEN share_of({numerator}, {denominator}) ELSE ({numerator})::DOUBLE END AS value, any_value(unit) AS unit"
    )


def _definitions() -> str:
    rows = ", ".join(
        "("
        + ", ".join(
            (
                *map(quoted, (i.indicator, i.theme, i.unit)),
                f"{i.scale}, {i.is_share}, {bool(i.denominator)}",
                *map(quoted, (i.formula_en, i.formula_zh, i.null_rule_en, i.null_rule_zh, i.links)),
                *map(quoted, (i.link_note_en, i.link_note_zh, i.description_en, i.description_zh)),
            )
        )
        + ")"
        for i in indicators()
    )
    return (
        "SELECT * FROM (VALUES "
        + rows
        + ") AS d(indicator, theme, unit, scale, is_share, is_ratio, formula_en, formula_zh, null_rule_en, "
        "null_rule_zh, links_2019_2021, link_note_en, link_note_zh, description_en, description_zh)"
    )


# What is not known to be an organ is pooled with nobody else. Reports that say the same of one organ and year are one
# report already, so of those that are left nobody can say which one stands.
_USES = """
WITH known AS (
    SELECT report_id, issuer_id, issuer, report_year, division_code, division_name, division_level, issuer_kind,
           CASE WHEN issuer_kind = 'government' THEN 'government' WHEN issuer_kind IS NULL THEN 'unknown'
                ELSE 'organ' END AS reporting_scope,
           issuer_id IS NOT NULL AND report_year IS NOT NULL
               AND count(*) OVER (PARTITION BY issuer_id, report_year) > 1 AS is_repeated
    FROM reports
)
SELECT i.indicator, k.* EXCLUDE (is_repeated), i.numerator, i.denominator, i.value, i.obs_status,
       d.unit, d.scale, d.is_ratio,
       CASE WHEN i.obs_status = 'O' AND i.numerator IS NOT NULL AND i.denominator IS NOT NULL THEN 'contradictory'
            WHEN i.obs_status = 'O' THEN 'open'
            WHEN i.obs_status = 'M' AND (i.numerator IS NULL OR i.denominator IS NULL) THEN 'not_asked'
            WHEN k.is_repeated THEN 'repeated'
            WHEN i.obs_status = 'U' THEN 'doubtful'
            ELSE 'used' END AS use_code
FROM indicators i JOIN known k USING (report_id) JOIN indicator_definitions d USING (indicator)"""

_OUTCOMES_SQL = f"""
WITH one AS (
    SELECT {_PLACE}, report_id, count(*) FILTER (use_code = 'used') = {len(_OUTCOMES)} AS is_used,
           any_value(denominator) AS handled,
           {", ".join(f"any_value(numerator) FILTER (indicator = 'share_{o}') AS {o}" for o in _OUTCOMES)}
    FROM indicator_uses WHERE indicator IN ({", ".join(f"'share_{o}'" for o in _OUTCOMES)})
    GROUP BY {_PLACE}, report_id
)
SELECT {_PLACE}, count(*) AS reports, count(*) FILTER (is_used) AS reports_used,
       count(*) FILTER (NOT is_used) AS reports_left_out, sum(handled) FILTER (is_used) AS applications_handled,
       {", ".join(f"sum({o}) FILTER (is_used) AS {o}" for o in _OUTCOMES)},
       {", ".join(f"share_of(sum({o}) FILTER (is_used), sum(handled) FILTER (is_used)) AS share_{o}" for o in _OUTCOMES)}
FROM one GROUP BY {_PLACE}"""

_REFUSALS_SQL = f"""
SELECT {_PLACE}, c.code AS row_code, c.label_zh AS reason_zh, c.label_en AS reason_en,
       p.reports, p.reports_used, p.reports - p.reports_used AS reports_left_out,
       p.numerator AS denied_for_this_reason, p.denominator AS applications_denied, p.value AS share_of_denials
FROM pooled_indicators p
JOIN codes c ON c.codelist = 'row' AND c.form = '2021' AND c.table_code = 'applications'
    AND p.indicator = 'share_of_' || c.code"""

_WITHIN_SQL = f"""
SELECT indicator, report_year, division_level, reporting_scope, count(DISTINCT division_code) AS divisions,
       {_pooled(_USED_OR_DOUBTFUL)}
FROM indicator_uses
WHERE starts_with(division_code, regexp_replace(division::VARCHAR, '(00)+$', ''))
  AND (from_year IS NULL OR report_year >= from_year) AND (to_year IS NULL OR report_year <= to_year)
GROUP BY indicator, report_year, division_level, reporting_scope"""

_GROWTH_SQL = f"""
WITH used AS (SELECT * FROM indicator_uses WHERE indicator = known_indicator(measure)
             AND issuer_id IS NOT NULL AND NOT is_ratio),
counted AS (SELECT issuer_id, report_year + 1 AS next_year, numerator AS before FROM used WHERE {_USED_OR_DOUBTFUL}),
paired AS (
    SELECT u.* EXCLUDE (use_code), use_code, c.before, c.before IS NOT NULL AND {_USED_OR_DOUBTFUL} AS is_paired
    FROM used u LEFT JOIN counted c ON c.issuer_id = u.issuer_id AND c.next_year = u.report_year
)
SELECT unquoted(by_first) AS group_1, report_year, reporting_scope, count(*) AS reports,
       count(*) FILTER (is_paired) AS reports_used, count(*) FILTER (NOT is_paired) AS reports_left_out,
       sum(before) FILTER (is_paired) AS number_before,
       sum(numerator) FILTER (is_paired) AS number_after,
       share_of(sum(numerator) FILTER (is_paired) - sum(before) FILTER (is_paired), sum(before) FILTER (is_paired))
           AS growth
FROM paired GROUP BY by_first, report_year, reporting_scope"""

_USES_COLUMNS = ("indicator", *_PLACE.split(", "), "report_id", "issuer_id", "issuer", "issuer_kind", "use_code")

# Tables are what would take seconds each time over 10⁵ reports; what they rest on stands before them.
MEASURES = (
    Measure(
        "known_indicator",
        SCALAR_MACRO,
        "name",
        f"CASE WHEN name IN ({', '.join(quoted(i.indicator) for i in indicators())}) THEN name "
        "ELSE error('there is no indicator ' || name || ': FROM indicator_definitions lists them') END",
        "",
        "The name of an indicator, or an error where there is none of that name.",
        "指标名称；无此指标则报错。",
        "SELECT known_indicator('share_granted')",
    ),
    Measure(
        "unquoted",
        SCALAR_MACRO,
        "grouped",
        f"CASE WHEN grouped::VARCHAR IN ({', '.join(map(quoted, _USES_COLUMNS))}) "
        "THEN error('write the column ' || grouped::VARCHAR || ' without quotes') ELSE grouped END",
        "",
        "A value to group by, or an error where the name of a column stands in quotes: it would put everything in one group.",
        "分组值；若将字段名写在引号中（会使全部归为一组）则报错。",
        "SELECT unquoted(2024)",
    ),
    Measure(
        "share_of",
        SCALAR_MACRO,
        "part, whole",
        "CASE WHEN whole = 0 THEN NULL ELSE part::DOUBLE / whole::DOUBLE END",
        "part ÷ whole",
        "A share, null where the whole is 0 or null.",
        "比例；整体为零或空则为空。",
        "SELECT share_of(3, 12)",
    ),
    Measure(
        "indicator_definitions",
        VIEW,
        "",
        _definitions(),
        "",
        "What each indicator computes, in the labels of the form; when it is null; which forms it links.",
        "各指标的计算公式（用表格标签）、何时为空、能否衔接两种表式。",
        "SELECT formula_en, formula_zh FROM indicator_definitions WHERE indicator = 'share_carried_out'",
    ),
    Measure(
        "indicator_uses",
        VIEW,
        "",
        _USES,
        "",
        "One row per report and indicator with its place and organ, and whether it is used when indicators are pooled, "
        "or why not. A report of an organ that could not be read is never seen as repeated.",
        "每份报告、每个指标一行，附地区与机关，以及合并计算时是否采用、为何不采用。机关无法读出的报告不作重复判断。",
        "SELECT use_code, count(*) FROM indicator_uses WHERE indicator = 'share_granted' GROUP BY ALL",
    ),
    Measure(
        "pooled_indicators",
        TABLE,
        "",
        f"SELECT indicator, {_PLACE}, {_pooled(_USED)} FROM indicator_uses GROUP BY indicator, {_PLACE}",
        "value = scale × Σ numerator ÷ Σ denominator; Σ numerator where there is no denominator",
        "Every indicator per division and year, pooled over the organs of exactly this division (those of divisions "
        "within it are not in it) and of one reporting scope.",
        "各指标按行政区划与年度合并：仅含恰属该区划（不含其下级区划）且同一报告范围的机关。",
        "SELECT report_year, reporting_scope, reports_used, numerator, denominator, value FROM pooled_indicators "
        "WHERE indicator = 'share_granted' AND division_code = '320281'",
        sorted_by=f"indicator, {_PLACE}",
    ),
    Measure(
        "outcomes_by_division_year",
        TABLE,
        "",
        _OUTCOMES_SQL,
        "share_x = Σ x ÷ Σ applications_handled",
        "What became of the applications decided, per division and year: over the reports that have a certain or deduced "
        "number for every outcome, so that all shares rest on the same reports. They add up to 1 where the reports' own "
        "totals do.",
        "各区划各年度办结申请的结果：仅含每项结果均确定或可推定的报告，各比例依据相同的报告；报告总计自洽时合计为 1。",
        "SELECT report_year, applications_handled, share_granted, share_denied FROM outcomes_by_division_year "
        "WHERE division_code = '320281'",
        sorted_by=_PLACE,
    ),
    Measure(
        "refusals_by_division_year",
        VIEW,
        "",
        _REFUSALS_SQL,
        "share_of_denials = Σ denied_for_this_reason ÷ Σ applications_denied",
        "Denials by their reason as the form prints it, per division and year.",
        "各区划各年度不予公开按理由的构成，理由用表格原文。",
        "SELECT reason_zh, denied_for_this_reason, applications_denied, share_of_denials FROM refusals_by_division_year "
        "WHERE division_code = '320281' AND report_year = 2023",
    ),
    Measure(
        "pooled",
        TABLE_MACRO,
        "measure, by_first, by_second, doubtful := false",
        "SELECT unquoted(by_first) AS group_1, unquoted(by_second) AS group_2, reporting_scope, "
        f"{_pooled(_USED_OR_DOUBTFUL)} FROM indicator_uses WHERE indicator = known_indicator(measure) "
        "GROUP BY by_first, by_second, reporting_scope",
        "value = scale × Σ numerator ÷ Σ denominator, by two columns of `indicator_uses`",
        "One indicator pooled by any two columns of `indicator_uses`, such as division_code and report_year. With "
        "doubtful := true, numbers of status U are used too.",
        "将一个指标按 `indicator_uses` 的任意两列合并；doubtful := true 时亦采用状态为 U 的数字。",
        "SELECT * FROM pooled('share_granted', issuer_kind, report_year)",
    ),
    Measure(
        "pooled_within",
        TABLE_MACRO,
        "division, from_year := NULL, to_year := NULL, doubtful := false",
        _WITHIN_SQL,
        "value = scale × Σ numerator ÷ Σ denominator, over division codes that begin as this one without its zeros",
        "Every indicator for a division and all divisions within it (by the code in the report's year), per year, level "
        "and reporting scope. Levels of organs may be added up; governments of two levels may not, for the higher one "
        "usually contains the lower.",
        "某区划及其全部下级区划（按报告年度的代码）各指标，分年度、级别与报告范围。各级机关可以相加；"
        "两级人民政府不可相加，上级通常已含下级。",
        "SELECT report_year, division_level, reporting_scope, divisions, reports_used, value "
        "FROM pooled_within('320000', from_year := 2022) WHERE indicator = 'share_granted'",
    ),
    Measure(
        "growth",
        TABLE_MACRO,
        "measure, by_first, doubtful := false",
        _GROWTH_SQL,
        "growth = (Σ number_after − Σ number_before) ÷ Σ number_before, over organs that have a number in both years",
        "Growth of a counted indicator over the year before, over the organs that have a number in both years; by a "
        "column of `indicator_uses`.",
        "计数指标较上年的增长，仅含两年均有数字的机关；按 `indicator_uses` 的一列分组。",
        "SELECT report_year, reporting_scope, reports_used, number_before, number_after, growth "
        "FROM growth('applications_received', division_code) WHERE group_1 = '320281'",
    ),
)


def column_words() -> tuple[dict[str, str], ...]:
    """Columns of the tables, views and macros with their descriptions in both languages."""
    return tuple(table_rows(__package__, "measure_columns.csv"))
