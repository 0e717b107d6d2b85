-- Views that the notebooks ask, over the tables of the dataset. They are temporary: the dataset is opened read-only.

-- Labels: the form's Chinese without its numbering, then the code, which is the word to use in a query.
-- A cell of the 2021 form keeps that form's label; rows that only the form of 2019 has are added.
CREATE TEMP VIEW form_labels AS
WITH ranked AS (
    SELECT *, row_number() OVER (PARTITION BY codelist, table_code, code ORDER BY form DESC) AS n
    FROM codes WHERE codelist IN ('row', 'column')
)
SELECT codelist, table_code, code, sort_order,
    regexp_replace(regexp_replace(label_zh, '^.*/', ''), '^([一二三四]、|（[一二三四五六七]）|[0-9]\.)', '') AS label_zh,
    replace(code, '_', ' ') AS label_en
FROM ranked WHERE n = 1;

CREATE TEMP VIEW labels AS
SELECT codelist, code, sort_order, label_zh || ' ' || replace(code, '_', ' ') AS label
FROM codes WHERE form = '' AND table_code = '';

-- The six outcomes of an application, with the colour that plots give them (outcome_no).
CREATE TEMP VIEW outcomes AS
SELECT outcome, outcome_no, c.label_zh || ' ' || outcome AS label
FROM (VALUES ('granted', 1, 'granted'), ('partial', 2, 'partial'), ('denied', 3, 'denied'),
             ('unavailable', 4, 'unavailable'), ('declined', 5, 'declined'), ('other', 6, 'other_result')
     ) AS o(outcome, outcome_no, code)
JOIN codes c ON c.codelist = 'claim_subject' AND c.code = o.code;

-- Reports with a text for what is not known.
CREATE TEMP VIEW dated_reports AS
SELECT r.*, coalesce(report_year::VARCHAR, '不详 unknown') AS year,
    coalesce(l.label, '不详 unknown') AS level, coalesce(l.sort_order, 99) AS level_no,
    coalesce(k.label, '不详 unknown') AS kind, coalesce(k.sort_order, 99) AS kind_no
FROM reports r
LEFT JOIN labels l ON l.codelist = 'division_level' AND l.code = r.division_level
LEFT JOIN labels k ON k.codelist = 'issuer_kind' AND k.code = r.issuer_kind;

-- Section three, the column of totals: one row per report and result. A cell that does not apply (M), or that the source
-- counts in another row (K), is 0; an open cell (O) is null.
CREATE TEMP VIEW results AS
SELECT report_id, row_code, split_part(row_code, '_', 1) AS outcome, obs_status,
    CASE WHEN obs_status IN ('M', 'K') THEN 0 ELSE value END::DOUBLE AS n
FROM cells
WHERE table_code = 'applications' AND column_code = 'total'
  AND row_code NOT IN ('received_new', 'carried_in', 'handled_total', 'carried_out');

-- Which reports can be counted by outcome: every result and their total known, and the results add up to it. Reports of
-- governments usually contain the figures of the organs under them, and of two differing reports on one year nobody can
-- say which stands: neither is counted, as in `pooled_indicators`. `used_as` is 'used', or why a report is left out.
CREATE TEMP VIEW usable AS
WITH handled AS (
    SELECT report_id, value::DOUBLE AS handled, obs_status FROM cells
    WHERE table_code = 'applications' AND row_code = 'handled_total' AND column_code = 'total'
),
summed AS (
    SELECT report_id, sum(n) AS results, count(*) FILTER (n IS NULL) AS open_results FROM results GROUP BY report_id
)
SELECT r.report_id, r.issuer_id, r.report_year, r.year, r.level, r.level_no, r.kind, r.kind_no, r.form_applications,
    handled, results,
    CASE WHEN coalesce(form_applications, 'none') = 'none' OR results IS NULL AND open_results IS NULL THEN 'no table'
         WHEN handled IS NULL OR open_results > 0 THEN 'a cell is open'
         WHEN handled <> results THEN 'results do not add up'
         WHEN r.issuer_kind = 'government' THEN 'of a government, which contains its organs'
         WHEN r.issuer_kind IS NULL THEN 'kind of organ not known'
         WHEN r.issuer_id IS NOT NULL AND count(*) OVER (PARTITION BY r.issuer_id, r.report_year) > 1
             THEN 'one of several on one year'
         WHEN handled = 0 THEN 'nothing decided'
         ELSE 'used' END AS used_as
FROM dated_reports r LEFT JOIN handled USING (report_id) LEFT JOIN summed USING (report_id);

-- Section four: one row per report, way and result. M is 0; an open cell is null.
CREATE TEMP VIEW cases AS
SELECT report_id, row_code AS way, column_code AS result, obs_status,
    CASE WHEN obs_status IN ('M', 'K') THEN 0 ELSE value END::DOUBLE AS n
FROM cells WHERE table_code = 'remedies';
