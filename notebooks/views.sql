-- Views that the notebooks ask, over the tables of the dataset. They are temporary: the dataset is opened read-only.

-- Labels of the form: its Chinese without the numbering (and without “the organ no longer deals with the application”), and
-- English. A cell of the 2021 form keeps that form's label; rows that only one form has say so. `words` is the English without
-- the outcome before the colon, which plots give as a colour.
CREATE TEMP VIEW form_labels AS
WITH ranked AS (
    SELECT *, row_number() OVER same AS n, CASE WHEN count(*) OVER (PARTITION BY codelist, table_code, code) = 1 THEN form END AS only_form
    FROM codes WHERE codelist IN ('row', 'column')
    WINDOW same AS (PARTITION BY codelist, table_code, code ORDER BY form DESC)
)
SELECT codelist, table_code, code, sort_order, only_form,
    regexp_replace(regexp_replace(label_zh, '^.*/|、行政机关不再处理.*$', '', 'g'), '^([一二三四]、|（[一二三四五六七]）|[0-9]\.)', '')
        || coalesce('（' || only_form || '年表式）', '') AS label_zh,
    replace(label_en, ' (one row)', '') || coalesce(' (form of ' || only_form || ')', '') AS label_en,
    regexp_replace(replace(label_en, ' (one row)', ''), '^[^:]*: ', '') || coalesce(' (form of ' || only_form || ')', '') AS words
FROM ranked WHERE n = 1;

-- Labels of the other lists: Chinese, and the code, which is a word of English and the one to use in a query. Tables have
-- their section for it.
CREATE TEMP VIEW labels AS
SELECT codelist, code, sort_order, label_en,
    label_zh || ' ' || CASE WHEN codelist = 'table' THEN split_part(label_en, ':', 1) ELSE replace(code, '_', ' ') END AS label
FROM codes WHERE form = '' AND table_code = '';

CREATE TEMP VIEW statuses AS
SELECT code AS obs_status, code || ' ' || label_zh || ' ' || words AS label
FROM (VALUES ('A', 'certain'), ('I', 'deduced'), ('U', 'doubtful'), ('O', 'open'), ('M', 'does not apply'), ('K', 'in another row')
     ) AS v(code, words)
JOIN codes USING (code) WHERE codelist = 'obs_status';

-- How the text of a table tells its cells apart (`reports.layout_*`).
CREATE TEMP VIEW layouts AS
SELECT layout, label_zh || ' ' || words AS label
FROM (VALUES ('grid', '有单元格', 'cells of a grid'), ('word_tabs', '每格一行（前有制表符）', 'one cell a line, after a tab'),
             ('tabs', '制表符分列', 'tabs between cells'), ('pipes', '竖线分列', 'pipes between cells'),
             ('columns', '按位置分列', 'cells by their place in the line'), ('pipe_lines', '每格一行（有竖线）', 'one cell a line, with a pipe'),
             ('rows', '空格分列', 'blanks between cells'), ('lines', '每格一行', 'one cell a line'),
             ('run_on', '连成一段', 'all in one paragraph')
     ) AS v(layout, label_zh, words);

-- The six outcomes of an application, with the colour that plots give them (outcome_no).
CREATE TEMP VIEW outcomes AS
SELECT outcome, outcome_no, c.label_zh || ' ' || lower(c.label_en) AS label, lower(c.label_en) AS words, c.label_zh
FROM (VALUES ('granted', 1, 'granted'), ('partial', 2, 'partial'), ('denied', 3, 'denied'),
             ('unavailable', 4, 'unavailable'), ('declined', 5, 'declined'), ('other', 6, 'other_result')
     ) AS o(outcome, outcome_no, code)
JOIN codes c ON c.codelist = 'claim_subject' AND c.code = o.code;

-- Reports with a text for what is not known. `apart_as` says why a report cannot be added to others, as in
-- `pooled_indicators`: a government's usually contains the figures of the organs under it, and of two differing reports on
-- one year nobody can say which stands. It is null where a report can be added.
CREATE TEMP VIEW dated_reports AS
SELECT r.*, coalesce(report_year::VARCHAR, '不详 unknown') AS year,
    coalesce(l.label, '不详 unknown') AS level, coalesce(l.sort_order, 99) AS level_no,
    coalesce(k.label, '不详 unknown') AS kind, coalesce(k.sort_order, 99) AS kind_no,
    CASE WHEN issuer_kind = 'government' THEN 'of a government, which contains its organs'
         WHEN issuer_kind IS NULL THEN 'kind of organ not known'
         WHEN issuer_id IS NOT NULL AND report_year IS NOT NULL AND count(*) OVER (PARTITION BY issuer_id, report_year) > 1
             THEN 'one of several on one year'
    END AS apart_as
FROM reports r
LEFT JOIN labels l ON l.codelist = 'division_level' AND l.code = r.division_level
LEFT JOIN labels k ON k.codelist = 'issuer_kind' AND k.code = r.issuer_kind;

-- Cells as numbers: one that does not apply (M), or that the source counts in another row (K), is 0; an open one (O) is null.
CREATE TEMP VIEW numbers AS
SELECT report_id, table_code, row_code, column_code, obs_status,
    CASE WHEN obs_status IN ('M', 'K') THEN 0 ELSE value END::DOUBLE AS n
FROM cells;

-- Section three, the column of totals: one row per report and result.
CREATE TEMP VIEW results AS
SELECT report_id, row_code, split_part(row_code, '_', 1) AS outcome, obs_status, n FROM numbers
WHERE table_code = 'applications' AND column_code = 'total'
  AND row_code NOT IN ('received_new', 'carried_in', 'handled_total', 'carried_out');

-- Section three, the same column: one row per report that has the table.
CREATE TEMP VIEW totals AS
WITH summed AS (
    SELECT report_id, sum(n) AS results, count(*) FILTER (n IS NULL) AS open_results FROM results GROUP BY report_id
)
SELECT report_id, max(n) FILTER (row_code = 'received_new') AS received, max(n) FILTER (row_code = 'carried_in') AS carried_in,
    max(n) FILTER (row_code = 'handled_total') AS handled, max(n) FILTER (row_code = 'carried_out') AS carried_out,
    received + carried_in AS to_decide, any_value(results) AS results, any_value(open_results) AS open_results
FROM numbers JOIN summed USING (report_id) JOIN reports USING (report_id)
WHERE table_code = 'applications' AND column_code = 'total' AND form_applications IS DISTINCT FROM 'none'
GROUP BY report_id;

-- Section three, who applied: one row per report and kind of applicant.
CREATE TEMP VIEW applicants AS
SELECT report_id, column_code AS applicant, n FROM numbers
WHERE table_code = 'applications' AND row_code = 'received_new' AND column_code <> 'total';

-- Section four: one row per report, way and result.
CREATE TEMP VIEW cases AS
SELECT report_id, row_code AS way, column_code AS result, obs_status, n FROM numbers WHERE table_code = 'remedies';

-- Section four: one row per report that has the table; null where a number that it takes is open.
CREATE TEMP VIEW case_totals AS
SELECT report_id, CASE WHEN count(*) FILTER (n IS NULL AND result = 'total') = 0 THEN sum(n) FILTER (result = 'total') END AS cases,
    count(*) FILTER (n IS NULL AND result <> 'total') AS open_results,
    count(*) FILTER (n IS NULL AND result IN ('upheld', 'corrected', 'other')) AS open_concluded,
    coalesce(sum(n) FILTER (result IN ('upheld', 'corrected', 'other')), 0) AS concluded
FROM cases JOIN reports USING (report_id) WHERE table_remedies <> 'none' GROUP BY report_id;

-- Which reports a figure counts: one row per figure and report. `used_as` is 'used', or why the report is left out. Where
-- reports are added up or their outcomes are compared, those that cannot be are left out (`apart_as`); figures that count the
-- reports by their applications or cases have them.
CREATE TEMP VIEW uses AS
WITH one AS (
    SELECT r.*, t.* EXCLUDE (report_id), c.* EXCLUDE (report_id, open_results), c.open_results AS open_case_results,
        t.report_id IS NOT NULL AS has_applications, c.report_id IS NOT NULL AS has_cases,
        a.open_applicants, a.applicants
    FROM dated_reports r LEFT JOIN totals t USING (report_id) LEFT JOIN case_totals c USING (report_id)
    LEFT JOIN (SELECT report_id, count(*) FILTER (n IS NULL) AS open_applicants, sum(n) AS applicants FROM applicants GROUP BY ALL) a
        USING (report_id)
)
SELECT 'received' AS figure, report_id, CASE
    WHEN NOT has_applications THEN 'no table' WHEN received IS NULL THEN 'a cell is open' ELSE 'used' END AS used_as FROM one
UNION ALL
SELECT 'outcomes', report_id, CASE
    WHEN NOT has_applications THEN 'no table' WHEN handled IS NULL OR open_results > 0 THEN 'a cell is open'
    WHEN handled <> results THEN 'results do not add up' WHEN handled = 0 THEN 'nothing decided'
    ELSE coalesce(apart_as, 'used') END FROM one
UNION ALL
SELECT 'bounds', report_id, CASE
    WHEN NOT has_applications THEN 'no table' WHEN handled IS NULL THEN 'the total is open'
    WHEN coalesce(results, 0) > handled OR open_results = 0 AND results <> handled THEN 'results do not add up'
    WHEN handled = 0 THEN 'nothing decided' ELSE coalesce(apart_as, 'used') END FROM one
UNION ALL
SELECT 'applicants', report_id, CASE
    WHEN NOT has_applications THEN 'no table' WHEN open_applicants > 0 THEN 'a cell is open'
    WHEN applicants = 0 THEN 'no application' ELSE coalesce(apart_as, 'used') END FROM one
UNION ALL
SELECT 'carried over', report_id, CASE
    WHEN NOT has_applications THEN 'no table' WHEN carried_out IS NULL OR to_decide IS NULL THEN 'a cell is open'
    WHEN to_decide = 0 THEN 'nothing to decide' ELSE coalesce(apart_as, 'used') END FROM one
UNION ALL
SELECT 'cases', report_id, CASE
    WHEN NOT has_cases THEN 'no table' WHEN open_case_results > 0 THEN 'a cell is open' ELSE coalesce(apart_as, 'used') END FROM one
UNION ALL
SELECT 'concluded cases', report_id, CASE
    WHEN NOT has_cases THEN 'no table' WHEN open_concluded > 0 THEN 'a cell is open'
    WHEN concluded = 0 THEN 'no concluded case' ELSE coalesce(apart_as, 'used') END FROM one
UNION ALL
SELECT 'cases per decision', report_id, CASE
    WHEN NOT has_cases OR NOT has_applications THEN 'no table' WHEN cases IS NULL OR handled IS NULL THEN 'a cell is open'
    WHEN handled = 0 THEN 'nothing decided' ELSE coalesce(apart_as, 'used') END FROM one
UNION ALL
SELECT 'cases per report', report_id, CASE
    WHEN NOT has_cases THEN 'no table' WHEN cases IS NULL THEN 'a cell is open' ELSE 'used' END FROM one;

-- The same reasons in Chinese.
CREATE TEMP VIEW reasons AS
SELECT * FROM (VALUES
    ('used', '计入'), ('no table', '没有表格'), ('a cell is open', '有单元格未定'), ('the total is open', '总计未定'),
    ('results do not add up', '结果相加不符'), ('nothing decided', '没有已办结申请'), ('no application', '没有申请'),
    ('nothing to decide', '没有待办申请'), ('no concluded case', '没有审结案件'),
    ('of a government, which contains its organs', '人民政府的报告，已含所属机关'), ('kind of organ not known', '机关类型不详'),
    ('one of several on one year', '同一年度有多份报告')
) AS v(used_as, used_as_zh);

-- The reports whose outcomes are counted, or why not, with what they decided.
CREATE TEMP VIEW usable AS
SELECT r.report_id, r.issuer_id, r.report_year, r.year, r.level, r.level_no, r.kind, r.kind_no, t.handled, t.results, u.used_as
FROM uses u JOIN dated_reports r USING (report_id) LEFT JOIN totals t USING (report_id) WHERE u.figure = 'outcomes';
