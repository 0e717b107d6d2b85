"""A narrative section that repeats an earlier year's word for word."""

from expectations.model import WARNING, Example, Expected, Report, Rule

_ENOUGH = 100
_TEXT = (
    "一是学习培训不够系统，经办人员对条例的理解还停留在条文上；二是栏目更新偏慢，部分文件公开不够及时；三是解读方式单一，"
    "多以文字转述为主。下一步将按季度组织业务学习，建立更新提醒清单，并采用图表和短视频解读与群众关系密切的文件，同时邀请企业"
    "和居民代表参与评议，把意见办理情况一并公布。"
)

RULE = Rule(
    code="section_identical_to_last_year",
    severity=WARNING,
    family="series",
    reference="Regulation, article 50: the report is about the year; problems and improvements are those of the year",
    title_en="A narrative section repeats that of an earlier year word for word, numbers aside",
    title_zh="叙述章节与以前年度逐字相同（数字除外）",
    message_en="{section}: word for word that of the report of {other_year}, numbers aside ({observed} characters; {other}).",
    message_zh="“{section}”：除数字外与{other_year}年报告逐字相同（{observed}字；{other}）。",
    explains_en=f"Sections one, five and six, compared without white space, punctuation and figures, from {_ENOUGH} "
    "characters: shorter ones may well be said in the same words each year. The nearest earlier year with this text is "
    "named. Organs with several reports for a year are left out.",
    explains_zh=f"比较第一、五、六节，不计空白、标点与数字，满{_ENOUGH}字才比较：更短者每年相同亦属正常。指出文字相同的最近年度；"
    "同一年度有多份报告的机关不比较。",
    sql=rf"""
        WITH texts AS (
            SELECT y.report_id, y.issuer_id, y.report_year, y.source_path, s.section_code, s.locator,
                   regexp_replace(s.text, '[\s\d\pP\pZ]', '', 'g') AS words
            FROM yearly y JOIN sections s USING (report_id)
            WHERE s.section_code IN ('overview', 'problems', 'other_matters') AND s.characters >= {_ENOUGH}
        ),
        hashed AS (
            SELECT * EXCLUDE (words), md5(words) AS text, length(words) AS characters
            FROM texts WHERE length(words) >= {_ENOUGH}
        ),
        compared AS (
            SELECT *, lag(report_year) OVER same AS other_year, lag(source_path) OVER same AS other
            FROM hashed WINDOW same AS (PARTITION BY issuer_id, section_code, text ORDER BY report_year)
        )
        SELECT report_id, NULL AS table_code, NULL AS row_code, NULL AS column_code, characters AS observed,
               NULL AS expected, locator, section_code, other_year, other
        FROM compared WHERE other_year IS NOT NULL
    """,
    examples=(
        Example(
            "the problems of last year, dated anew",
            sections={"problems": f"2024年，{_TEXT}"},
            beside=(Report(report="last_year", report_year=2023, sections={"problems": f"2023年，{_TEXT}"}),),
            findings=(Expected(observed="130"),),
        ),
        Example(
            "a word changed",
            sections={"problems": _TEXT},
            beside=(
                Report(report="last_year", report_year=2023, sections={"problems": _TEXT.replace("季度", "月份")}),
            ),
        ),
        Example(
            "a short formula",
            sections={"other_matters": "本年度未收取信息处理费。"},
            beside=(
                Report(report="last_year", report_year=2023, sections={"other_matters": "本年度未收取信息处理费。"}),
            ),
        ),
        Example(
            "another organ's text",
            sections={"problems": _TEXT},
            beside=(Report(report="other", issuer="松岩市某局", report_year=2023, sections={"problems": _TEXT}),),
        ),
    ),
)
