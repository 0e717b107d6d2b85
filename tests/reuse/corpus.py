"""Small corpora for the tests of reuse: invented organs, one line a report."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

OWN = (
    "镇里把惠农补贴、医保缴费和农房审批三类事项印成口袋书，由网格员逐户送达并现场讲解；在集市设流动窗口，赶集日当场受理咨询，"
    "随后把常见疑问整理成图解放在公示栏。"
)
OTHER = (
    "局机关梳理近年来的行政许可决定，按企业名称建立检索页，并与信用平台打通；邀请行业协会试用后调整了筛选条件，"
    "同时为视障用户增加朗读功能。"
)
THIRD = "图书馆和档案室各设一台自助查询机，读者凭身份证即可打印文件；馆员每周核对一次目录，发现缺漏当日补齐并登记原因。"


@dataclass(frozen=True, slots=True)
class Report:
    """One report with one section; an organ without division code is placed by nothing but its name."""

    report_id: str
    issuer: str
    year: int | None
    text: str
    code: str | None = "880101"
    kind: str | None = "department"
    section: str = "overview"


def frames(*reports: Report) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Sections and reports as `find_reuse` takes them."""
    sections = pl.DataFrame(
        {
            "report_id": [r.report_id for r in reports],
            "section_code": [r.section for r in reports],
            "text": [r.text for r in reports],
        },
        schema={"report_id": pl.String, "section_code": pl.String, "text": pl.String},
    )
    facts = [
        {
            "report_id": r.report_id,
            "issuer_id": f"{r.code} {r.issuer}",
            "issuer": r.issuer,
            "report_year": r.year,
            "division_code": r.code,
            "division_name": None,
            "division_level": None,
            "issuer_kind": r.kind,
        }
        for r in reports
    ]
    schema = dict.fromkeys(("report_id", "issuer_id", "issuer"), pl.String) | {"report_year": pl.Int32}
    schema |= dict.fromkeys(("division_code", "division_name", "division_level", "issuer_kind"), pl.String)
    return sections, pl.DataFrame(facts, schema=schema).unique("report_id", keep="first", maintain_order=True)
