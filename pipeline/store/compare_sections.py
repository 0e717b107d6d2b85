"""What a comparison of two builds tells, section by section: each a query over the rows that differ."""

from __future__ import annotations

from dataclasses import dataclass

_TABLES = "SELECT * FROM tables WHERE added + gone + changed > 0"
_CHANGE = "CASE change WHEN 'new' THEN 1 WHEN 'gone' THEN 2 ELSE 3 END"


@dataclass(frozen=True, slots=True)
class Section:
    """One list of differences.

    `columns` are those of its CSV file; `shown` are headings and expressions of the table for people, who see the first
    few rows of each group (`groups`). `order` makes the rows stand in one order whatever the machine.
    """

    name: str
    title: str
    sql: str
    columns: tuple[str, ...]
    shown: tuple[tuple[str, str], ...]
    order: str
    groups: tuple[str, ...] = ()
    is_whole: bool = False


def _arrow(old: str, new: str) -> str:
    """`A → U`, or the one value where both are the same."""
    return f"CASE WHEN {old} IS NOT DISTINCT FROM {new} THEN coalesce({old}, '') ELSE {_or_nothing(old)} || ' → ' || {_or_nothing(new)} END"


def _or_nothing(column: str) -> str:
    return f"coalesce({column}, 'nothing')"


def _same(*columns: str) -> tuple[tuple[str, str], ...]:
    return tuple((c, c) for c in columns)


_CELL = "table_code || ' ' || row_code || ' ' || column_code"

SECTIONS = (
    Section(
        "schema",
        "Tables and columns that only one build has, or that changed their type",
        "SELECT * FROM schemas",
        ("table_name", "column_name", "type_old", "type_new"),
        (("table", "table_name"), ("column", "column_name"), ("old", "type_old"), ("new", "type_new")),
        "table_name, column_name",
        is_whole=True,
    ),
    Section(
        "tables",
        "Tables whose rows differ",
        _TABLES,
        ("table_name", "rows_old", "rows_new", "added", "gone", "changed", "columns_changed"),
        (("table", "table_name"), *_same("rows_old", "rows_new", "added", "gone", "changed", "columns_changed")),
        "table_name",
        is_whole=True,
    ),
    Section(
        "rules",
        "Rules that are new, gone or changed",
        "SELECT *, array_to_string(what, ', ') AS columns_changed FROM d_rules",
        ("change", "rule_code", "old_severity", "new_severity", "old_status", "new_status", "columns_changed"),
        (
            *_same("change", "rule_code"),
            ("severity", _arrow("old_severity", "new_severity")),
            ("status", _arrow("old_status", "new_status")),
            ("columns_changed", "columns_changed"),
        ),
        f"{_CHANGE}, rule_code",
        is_whole=True,
    ),
    Section(
        "documents",
        "Documents that are new, gone or changed",
        "SELECT *, array_to_string(what, ', ') AS columns_changed FROM d_documents",
        (
            "change",
            "source_path",
            "member",
            "old_outcome",
            "new_outcome",
            "old_reason_code",
            "new_reason_code",
            "old_content_sha256",
            "new_content_sha256",
            "columns_changed",
        ),
        (
            ("change", "change"),
            ("document", "concat_ws(' > ', source_path, member)"),
            ("outcome", _arrow("old_outcome", "new_outcome")),
            ("reason", _arrow("old_reason_code", "new_reason_code")),
            ("columns_changed", "columns_changed"),
        ),
        f"old_outcome IS NOT DISTINCT FROM new_outcome, {_CHANGE}, source_path, member",
        ("change", "old_outcome", "new_outcome"),
    ),
    Section(
        "reports",
        "Reports that are new or gone",
        """SELECT change, report_id, coalesce(new_source_path, old_source_path) AS source_path,
        coalesce(new_issuer, old_issuer) AS issuer, coalesce(new_report_year, old_report_year) AS report_year
        FROM d_reports WHERE change <> 'changed'""",
        ("change", "report_id", "source_path", "issuer", "report_year"),
        _same("change", "source_path", "issuer", "report_year"),
        f"{_CHANGE}, source_path, report_id",
        ("change",),
    ),
    Section(
        "report_metadata",
        "What reports say about themselves, where it changed",
        "SELECT * FROM report_changes JOIN places USING (report_id)",
        ("report_id", "source_path", "column_name", "value_old", "value_new"),
        (("report", "source_path"), ("column", "column_name"), ("change", _arrow("value_old", "value_new"))),
        "column_name, source_path, report_id",
        ("column_name",),
    ),
    Section(
        "findings_by_rule",
        "Findings by rule (newly_fail, newly_pass: reports that both builds have)",
        """SELECT rule_code, any_value(severity) AS severity,
            (SELECT count(*) FROM old_build.flags f WHERE f.rule_code = c.rule_code) AS findings_old,
            (SELECT count(*) FROM new_build.flags f WHERE f.rule_code = c.rule_code) AS findings_new,
            count(*) FILTER (change = 'newly fails') AS newly_fail,
            count(*) FILTER (change = 'newly passes') AS newly_pass,
            count(*) FILTER (change = 'fails otherwise') AS fail_otherwise,
            count(*) FILTER (change = 'report is new') AS in_new_reports,
            count(*) FILTER (change = 'report is gone') AS in_gone_reports
        FROM rule_changes c GROUP BY rule_code""",
        (
            "rule_code",
            "severity",
            "findings_old",
            "findings_new",
            "newly_fail",
            "newly_pass",
            "fail_otherwise",
            "in_new_reports",
            "in_gone_reports",
        ),
        (
            ("rule_code", "rule_code"),
            ("findings", "findings_old || ' → ' || findings_new"),
            *_same("newly_fail", "newly_pass", "fail_otherwise", "in_new_reports", "in_gone_reports"),
        ),
        "rule_code",
        is_whole=True,
    ),
    Section(
        "reports_by_rule",
        "Reports that newly fail or newly pass a rule, or fail it otherwise",
        "SELECT * FROM rule_changes JOIN places USING (report_id)",
        (
            "rule_code",
            "severity",
            "change",
            "report_id",
            "source_path",
            "issuer",
            "report_year",
            "findings_old",
            "findings_new",
        ),
        (
            *_same("rule_code", "change"),
            ("report", "source_path"),
            ("findings", "findings_old || ' → ' || findings_new"),
        ),
        "rule_code, change, source_path, report_id",
        ("rule_code", "change"),
    ),
    Section(
        "findings",
        "Findings that are new, gone or worded otherwise",
        "SELECT *, array_to_string(what, ', ') AS columns_changed FROM finding_changes JOIN places USING (report_id)",
        (
            "change",
            "flag_id",
            "rule_code",
            "report_id",
            "source_path",
            "table_code",
            "row_code",
            "column_code",
            "old_observed",
            "new_observed",
            "old_expected",
            "new_expected",
            "columns_changed",
        ),
        (
            *_same("rule_code", "change"),
            ("report", "source_path"),
            ("place", "concat_ws(' ', table_code, row_code, column_code)"),
            ("observed", _arrow("old_observed", "new_observed")),
            ("expected", _arrow("old_expected", "new_expected")),
            ("columns_changed", "columns_changed"),
        ),
        "rule_code, change, source_path, flag_id",
        ("rule_code", "change"),
    ),
    Section(
        "cells_by_status",
        "Cells that changed, in reports that both builds have",
        """SELECT table_code, old_obs_status, new_obs_status, count(*) AS cells, count(DISTINCT report_id) AS reports,
            count(*) FILTER (list_contains(what, 'value')) AS value_changed,
            count(*) FILTER (list_contains(what, 'printed')) AS printed_changed,
            count(*) FILTER (list_contains(what, 'derivation')) AS derivation_changed
        FROM d_cells GROUP BY ALL""",
        (
            "table_code",
            "old_obs_status",
            "new_obs_status",
            "cells",
            "reports",
            "value_changed",
            "printed_changed",
            "derivation_changed",
        ),
        (
            ("table", "table_code"),
            ("status", f"{_or_nothing('old_obs_status')} || ' → ' || {_or_nothing('new_obs_status')}"),
            *_same("cells", "reports", "value_changed", "printed_changed", "derivation_changed"),
        ),
        "table_code, old_obs_status, new_obs_status",
        is_whole=True,
    ),
    Section(
        "cells",
        "Changed cells",
        "SELECT *, array_to_string(what, ', ') AS columns_changed FROM d_cells JOIN places USING (report_id)",
        (
            "report_id",
            "source_path",
            "table_code",
            "row_code",
            "column_code",
            "change",
            *(
                f"{side}_{c}"
                for c in ("obs_status", "value", "printed", "missing_reason", "derivation")
                for side in ("old", "new")
            ),
            "columns_changed",
        ),
        (
            ("report", "source_path"),
            ("cell", _CELL),
            ("status", _arrow("old_obs_status", "new_obs_status")),
            ("value", _arrow("old_value", "new_value")),
            ("printed", _arrow("old_printed", "new_printed")),
            ("columns_changed", "columns_changed"),
        ),
        "table_code, old_obs_status, new_obs_status, source_path, report_id, row_code, column_code",
        ("table_code", "old_obs_status", "new_obs_status"),
    ),
)
