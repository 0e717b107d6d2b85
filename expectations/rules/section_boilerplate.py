"""A section that says nothing: no problem, or hardly a sentence."""

from expectations.model import INFO, Example, Expected, Rule

_SHORT, _DENIAL = 20, 80
_COMMON = 0.95
_TEXT = "坚持以公开为常态、不公开为例外，不断提升公开工作质量和水平，切实保障公众的知情权、参与权和监督权，主动接受社会监督。"
_SHARES = {"section_code": "overview", "shingles": 50, "numbers": 0, "copies_count": 3, "stale_year_mentions": 0}

RULE = Rule(
    code="section_boilerplate",
    severity=INFO,
    family="sections",
    reference="Regulation, article 50: the main problems, and how they are mended",
    title_en="Section one or five says next to nothing",
    title_zh="第一节或第五节几乎没有实质内容",
    message_en="{section}: next to nothing is said ({observed} characters).",
    message_zh="“{section}”：几乎没有实质内容（{observed}字）。",
    explains_en=f"Section one or five with at most {_SHORT} characters, or section five with at most {_DENIAL} that says there "
    f"is no problem; or of which {_COMMON:.0%} is common wording, found in reports under many other superiors "
    "(`share_boilerplate` of `reuse`). Section six may well have nothing to report.",
    explains_zh=f"第一节或第五节不足{_SHORT + 1}字，或第五节在{_DENIAL}字以内且称没有问题，或{_COMMON:.0%}以上为多地通用的文字"
    "（`reuse` 的 `share_boilerplate`）。第六节可以无事项报告。",
    sql=rf"""
        SELECT report_id, NULL AS table_code, NULL AS row_code, NULL AS column_code, characters AS observed,
               NULL AS expected, locator, section_code
        FROM sections
        LEFT JOIN (SELECT report_id, section_code, share_boilerplate FROM reuse) USING (report_id, section_code)
        WHERE characters > 0 AND section_code IN ('overview', 'problems')
          AND (share_boilerplate >= {_COMMON} OR characters <= {_SHORT}
               OR (section_code = 'problems' AND characters <= {_DENIAL}
                   AND regexp_matches(regexp_replace(text, '\s', '', 'g'),
                       '(不存在|没有|未发现|未存在|暂无|尚无|无)(任何|明显|突出|主要|重大|较大|相关)*的?(问题|不足)')))
    """,
    examples=(
        Example("none", sections={"problems": "无。"}, findings=(Expected(observed="2"),)),
        Example(
            "no problem at all",
            sections={"problems": "本年度我单位政府信息公开工作开展正常，不存在明显问题，下一步将继续做好各项工作。"},
            findings=(Expected(observed="40"),),
        ),
        Example(
            "a problem and its cure",
            sections={"problems": "解读形式还比较单一，公开目录不够细致。今后将丰富解读形式，细化目录，明确责任。"},
        ),
        Example(
            "what organs everywhere write",
            sections={"overview": _TEXT},
            rows={"reuse": (_SHARES | {"share_boilerplate": 0.98},)},
            findings=(Expected(observed=str(len(_TEXT))),),
        ),
        Example(
            "a tenth of it is its own",
            sections={"overview": _TEXT},
            rows={"reuse": (_SHARES | {"share_boilerplate": 0.9},)},
        ),
        Example("nothing else to report", sections={"other_matters": "无其他需要报告的事项。"}),
        Example("an empty section is another finding", sections={"problems": ""}),
    ),
)
