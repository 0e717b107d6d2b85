"""A narrative section that stands in the report of the organ above or beside."""

from expectations.model import INFO, Example, Expected, Report, Rule

_FROM = 0.9
_COMMON = 0.5
_TEXT = "依托村务公开栏和便民服务点张贴办事清单，请网格员上门讲解惠农补贴的申领条件，并把群众提出的疑问汇编成册。"
_PAIR = {
    "section_code": "overview",
    "other_report_id": "other",
    "relation": "sibling",
    "containment": 0.96,
    "containment_other": 0.6,
    "jaccard": 0.58,
    "jaccard_raw": 0.55,
    "is_identical": False,
    "is_identical_raw": False,
}
_SHARES = {"section_code": "overview", "shingles": 45, "numbers": 0, "copies_count": 0, "stale_year_mentions": 0}
_OTHER = Report(report="other", issuer="云岭市另一局", sections={"overview": _TEXT + "新增三处查阅点并公布开放时间。"})
_SECTIONS = {"overview": _TEXT}

RULE = Rule(
    code="section_copied_from_other_organ",
    severity=INFO,
    family="organs",
    reference="Regulation, article 50: each organ reports on its own work",
    title_en="A narrative section stands almost wholly in the report of the organ above or of a fellow organ",
    title_zh="叙述章节几乎全部见于上级或同级机关的报告",
    message_en="{section}: {observed} % of the text stands in that of {other} as well (report of {other_year}).",
    message_zh="“{section}”：{observed}%的文字同样见于{other}的报告（{other_year}年）。",
    explains_en=f"From {_FROM:.0%} of the shingles of the masked text (`reuse_pairs`). Of fellow organs it cannot be told who "
    "copied from whom: each is named whose text stands in the other's. Where half of the text or more is common wording "
    "(`share_boilerplate`), nothing is said.",
    explains_zh=f"遮蔽后文字片段有{_FROM:.0%}以上见于对方（`reuse_pairs`）。同级机关之间无从判断谁抄谁，文字见于对方者均予指出。"
    "通用文字（`share_boilerplate`）占一半以上的不提示。",
    sql=f"""
        WITH seen AS (
            SELECT report_id, section_code, other_report_id, containment FROM reuse_pairs
            WHERE relation IN ('superior', 'sibling')
            UNION ALL
            SELECT other_report_id, section_code, report_id, containment_other FROM reuse_pairs
            WHERE relation = 'sibling'
        )
        SELECT c.report_id, NULL AS table_code, NULL AS row_code, NULL AS column_code,
               floor(100 * c.containment)::INTEGER AS observed, NULL AS expected, s.locator, c.section_code,
               o.report_year AS other_year, coalesce(o.issuer, o.source_path) AS other
        FROM seen c
        JOIN reports o ON o.report_id = c.other_report_id
        JOIN sections s ON s.report_id = c.report_id AND s.section_code = c.section_code
        LEFT JOIN reuse u ON u.report_id = c.report_id AND u.section_code = c.section_code
        WHERE c.containment >= {_FROM} AND coalesce(u.share_boilerplate, 0) < {_COMMON}
        QUALIFY row_number() OVER (PARTITION BY c.report_id, c.section_code
                                   ORDER BY c.containment DESC, c.other_report_id) = 1
    """,
    examples=(
        Example(
            "a fellow organ's text, shortened",
            sections=_SECTIONS,
            rows={"reuse_pairs": (_PAIR,), "reuse": (_SHARES,)},
            beside=(_OTHER,),
            findings=(Expected(observed="96"),),
        ),
        Example(
            "the pair is given from the other side",
            sections=_SECTIONS,
            beside=(
                Report(
                    report="other",
                    issuer="云岭市另一局",
                    sections={"overview": _TEXT},
                    rows={
                        "reuse_pairs": (
                            _PAIR | {"other_report_id": "example", "containment": 0.6, "containment_other": 0.92},
                        )
                    },
                ),
            ),
            findings=(Expected(observed="92"),),
        ),
        Example(
            "the county's text",
            sections=_SECTIONS,
            rows={"reuse_pairs": (_PAIR | {"relation": "superior"},)},
            beside=(_OTHER,),
            findings=(Expected(observed="96"),),
        ),
        Example(
            "half of it is its own",
            sections=_SECTIONS,
            rows={"reuse_pairs": (_PAIR | {"containment": 0.52},)},
            beside=(_OTHER,),
        ),
        Example(
            "what organs everywhere write",
            sections=_SECTIONS,
            rows={"reuse_pairs": (_PAIR,), "reuse": (_SHARES | {"share_boilerplate": 0.8},)},
            beside=(_OTHER,),
        ),
        Example(
            "its own text of last year",
            sections=_SECTIONS,
            rows={"reuse_pairs": (_PAIR | {"relation": "previous_year"},)},
            beside=(_OTHER,),
        ),
    ),
)
