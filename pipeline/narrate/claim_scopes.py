"""Tells whose figures a sentence states and of which year, as it is read from left to right."""

from __future__ import annotations

import re
from itertools import pairwise

from pipeline.narrate.claim_words import words_in

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:年(?:度)?|(?=[-—~至到](?:19|20)\d\d年))(以后|起|至今)?")
_YEAR_SIGN = re.compile(r"(?:19|20)\d\d")
_PERIOD = re.compile(
    r"以来|施行后|实施后|成立后|“?十[二三四五]五”?(?:规划)?期间|近[二两三四五六七八九十\d]{1,2}年|[三五十]年间"
)
_PART_OF_YEAR = re.compile(
    r"(?<!\d)(?:1|一)[-—~至到](?:[2-9]|1[01]|[二三四五六七八九十])(?:月|季度)|(?<!\d)\d{1,2}月份|年\d{1,2}月(?:份|初|中旬|下旬|上旬)?(?=[^，。日\d底末]{0,3}(?:收到|受理|接到|办结|答复))|\d月\d{1,2}日[^，,]{0,12}(?:施行后|实施后|以后|之后)"
    r"|(?<!\d)(?:[2-9]|1[0-2])月(?:\d{1,2}日)?[-—~至到]\d{1,2}月|(?<!\d)1月(?:\d{1,2}日)?[-—~至到](?:[2-9]|1[01])月"
    r"|最[多少高低]的?(?:月份|季度|一个?月)|(?:月份?|季度)[^，。；\d]{0,8}最[多少高低]"
)
_OWN_YEAR = ("今年", "本年", "当年")
_ORGAN = r"(?:街道办事处|街道|镇政府|乡政府|镇|乡|局|委员会|委|办公室|办|中心|厅|学校|医院|分公司|支队|总队)"
_ORGAN_END = re.compile("[处道府镇乡局会委室办心厅校院司队]")
"""The last characters of `_ORGAN`."""
_DOES = r"(?:共计?|也|又|新|直接|另|分别|全年)?(?=收到|受理|办理|接收|接到|收取|办结|答复|处理|发生|\d)"
_ONE_OF_THEM = re.compile(rf"其中[，,：:]?由?[\u4e00-\u9fff]{{1,12}}?{_ORGAN}{_DOES}")
_ONE_OF_MANY = re.compile(rf"(?:^|[，,；;、：:。]|其中|由)([\u4e00-\u9fff]{{1,12}}?{_ORGAN}){_DOES}")
_NAMED = re.compile(
    rf"(?:^|[，,；;、：:。]|其中|由|年度?)([\u4e00-\u9fff]{{1,14}}?{_ORGAN})(?=(?:(?:在?(?:19|20)\d\d年度?|本年度?|今年)[，,]?)?(?:共计?|也|又|新|直接|另|分别|全年|没有|未)*(?:当年|年内|依法|按期)?(?:新收|收到|受理|接收|接到|收取|办结|答复|办理)(?:的?\d|[^，。；\d]{{0,20}}(?:申请|公开|处理费)))"
)
_ONESELF = ("我", "本")
_OWN_PART = ("机关", "本级")
# 县政府办公室 is the organ itself, but not in one breath with its departments.
_GOVERNMENT = re.compile(rf"(?:[县区市省州旗镇乡]|街道)(?:人民)?政府(?:办公室|办公厅|办)?(?:的|{_DOES})")
_AND = "和及与、"
_BESIDE_OTHERS = ("whole", "part")
_LISTED = re.compile(rf"(?:部门|乡镇|镇街|街道|村居|科室|下辖社区|[区县市](?:直单位|直部门|政府))(?:[的]|{_DOES})")
_MOST_AFTER = 16
_EACH_OF = ("年均", "月均", "日均")
_FIGURE = re.compile(r"\d[件条份宗起]")
_AVERAGE = re.compile(r"平均|(?<!\d)[年月日]均|每[年月周季]")
# 从2019年4月到2021年底: more than a year.
_SPAN_OF_YEARS = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(?:年(?:(?!结转|转入|遗留|未办结|[增升降减涨])[^，。；件]){0,30}?)?[到至—~－-]((?:19|20)\d\d)年"
)
# 局属执法大队
_SUBORDINATE = re.compile(
    r"(?:[局委厅院办部府县市区镇]属|直属|下设|下属|所属|辖属)(?!于)[^，。；\d]{0,12}?"
    r"(?:大队|支队|中队|单位|中心|站|所|院|学校|机构|公司|企业|医院|场|馆|科室)"
)
# 县公安局数量最多, 数量最多的是县公安局
_RANKED = re.compile(
    rf"(?<![我本])[\u4e00-\u9fff]{{1,12}}?{_ORGAN}(?:收到|受理|办理|接收|接到|答复|办结|的|以)?[^，。；\d]{{0,16}}?"
    r"(?:\d+[件条份]，[^，。；\d]{0,6}?)?(?:最[多少大]|次之|其次|居首|居前|位居|位列|排名|排在|紧随)"
    rf"|(?:最[多少大]|较多|居前|靠前|首位)的[^，。；\d]{{0,8}}?[是为有][^，。；\d]{{0,14}}?(?:{_ORGAN}|单位|部门)"
)
# 全市39个市直部门和12个县共
_ALL_TOGETHER = re.compile(
    r"全[省市县区州旗盟](?:共有)?(?:\d+个[^，。；\d]{1,12}[和及与、]){1,4}\d+个[^，。；\d]{1,12}?(?:共|合计|总计)"
)


def without_organs(text: str) -> str:
    """The names of organs blacked out: 县信访局收到申请 speaks of no petitions. Words of a scope stay."""

    def hide(m: re.Match[str]) -> str:
        name = m[1]
        kinds = {k for w in words_in(name, 0, len(name)) for k in w.kinds}
        if kinds & {
            "scope",
            "handled",
            "received",
            "application",
            "application_weak",
            "remedy",
            "assisting",
        } or name.startswith(_ONESELF):
            return m.group()
        return m.group().replace(name, "\0" * len(name))

    return _NAMED.sub(hide, text)


class Scopes:
    """Scope and year that hold at one place of a sentence; what is said holds until something says otherwise."""

    def __init__(self, raw: str, text: str, report_year: int | None) -> None:
        self._raw, self._text, self._report_year = raw, text, report_year
        # Most sentences lack the characters without which the dearer patterns cannot match.
        held = set(raw)
        self._may_part_year = not held.isdisjoint("月季")
        self._may_period = not held.isdisjoint("来后间近")
        self._may_all = "全" in held
        self._may_below = not held.isdisjoint("属设")
        self._may_rank = not held.isdisjoint("最次居位排紧多前首")
        self._may_one = "其" in held
        self._has_year = _YEAR_SIGN.search(raw) is not None
        self._is_average = not held.isdisjoint("均每")
        self.scope, self.is_compared = "unstated", True
        self.time: str | None = None
        """`other_year` or `part` (of the year)."""
        self._before_bracket: str | None = None
        self._ended = 0
        self._before_average: tuple[str | None] | None = None
        self._is_beside_others = _FIGURE.search(text) is not None and self._lists_organs()
        self._has_many_organs = len(_ORGAN_END.findall(raw)) > 1 and self._names_many()

    def _names_many(self) -> bool:
        organs = {
            m[1]
            for m in _ONE_OF_MANY.finditer(self._raw)
            if not m[1].startswith(_ONESELF) and not any("scope" in w.kinds for w in words_in(m[1], 0, len(m[1])))
        }
        return len(organs) > 1

    def _lists_organs(self) -> bool:
        """Several organs with their figures: 县政府办公室办理17件，部门办理78件."""
        said = [
            (w.start, self._text[w.start : w.end])
            for w in words_in(self._text, 0, len(self._text))
            if w.code("scope") == "part" or (w.code("scope") and self._text[w.start] == "各")
        ]
        said += [(m.start(), m.group()) for m in _LISTED.finditer(self._text)]
        said += [(m.start(), m.group()) for m in _GOVERNMENT.finditer(self._text)]
        said.sort()
        return any(a[1] != b[1] and _FIGURE.search(self._text, a[0], b[0]) for a, b in pairwise(said))

    def enter(self, start: int, end: int) -> None:
        """A clause begins: what a bracket says of the year holds within it, an average only in its clause."""
        between = self._raw[self._ended : start]
        if self._before_average is not None:
            (self.time,) = self._before_average
            self._before_average = None
        if "）" in between or ")" in between:
            self.time = self._before_bracket
        if "（" in between or "(" in between:
            self._before_bracket = self.time
        if self._is_average and _AVERAGE.search(self._raw, start, end):
            self._before_average = (self.time,)
        self._ended = end

    def leave_growth(self) -> None:
        self.time = None

    def times(self, start: int, end: int) -> tuple[str | None, ...]:
        """2024年、2023年分别…: the years that text[start:end] lists, as `time` has them."""
        if self._report_year is None:
            return ()
        years = [int(m[1]) for m in _YEAR.finditer(self._raw, start, end)]
        return tuple(None if y == self._report_year else "other_year" for y in years)

    def take(self, start: int, end: int) -> None:
        """Reads what text[start:end] says."""
        said, words = self._raw[start:end], words_in(self._text, start, end)
        self._take_year(said, self._text[start:end])
        first = next((w for w in words if "scope" in w.kinds), None)
        is_named, other_ends, below_ends = False, -1, -1
        is_all = self._may_all and _ALL_TOGETHER.search(self._raw, start, min(end + 1, len(self._raw))) is not None
        for w in words:
            if "time_other" in w.kinds:
                self.time, other_ends = "other_year", w.end
            elif "time_own" in w.kinds or self._raw.startswith(_OWN_YEAR, w.start):
                # 去年全年 is still the last year.
                if not (w.start == other_ends and self._raw.startswith("全年", w.start)):
                    self.time = None
            elif "time_part" in w.kinds:
                # 2024年均未收取 is no average.
                if not (self._raw[w.start - 1 : w.start].isdigit() and self._raw.startswith(_EACH_OF, w.start)):
                    self.time = "part"
            elif (scope := w.code("scope")) is not None:
                if scope == "part" and is_named and self.scope == "whole" and self._text[w.start - 1] in _AND:
                    # 全县各乡镇和县直部门: all of them together.
                    continue
                if is_all and scope == "part":
                    continue
                if scope == "part":
                    below_ends = w.end
                elif self._raw[below_ends : w.start] in ("", "的") and below_ends > 0:
                    # 下属各单位
                    continue
                is_named = is_named or scope != "part"
                self._take_scope(scope, self._text[w.start : w.end], is_named=is_named and w is not first)
        if self._may_part_year and _PART_OF_YEAR.search(said):
            self.time = "part"
        elif self._may_period and _PERIOD.search(said):
            self.time = None if "今年以来" in said or "本年以来" in said else "other_year"
        self._take_organ(start, end, has_scope=any("scope" in w.kinds for w in words))

    def _take_scope(self, scope: str, word: str, *, is_named: bool) -> None:
        """`is_named`: a division stands before the word, 全县各部门."""
        if (
            scope == "organ"
            and self._is_beside_others
            and not word.startswith(_ONESELF)
            and not word.endswith(_OWN_PART)
        ):
            self.scope, self.is_compared = "part", False
            return
        is_beside = self._is_beside_others or self.scope == "organ"
        if scope == "whole" and is_beside and word.startswith("各") and not is_named:
            scope = "part"
        self._is_beside_others |= scope in _BESIDE_OTHERS
        self.scope = "whole" if scope == "whole_own" else scope
        self.is_compared = scope in ("organ", "whole_own")

    def _take_organ(self, start: int, end: int, *, has_scope: bool) -> None:
        at, to = max(0, start - 3), min(end + 1, len(self._raw))
        is_other = self._may_one and not has_scope and _ONE_OF_THEM.search(self._raw, at, to)
        if not is_other and self._has_many_organs and not has_scope:
            is_other = _ONE_OF_MANY.search(self._raw, max(0, start - 1), to)
        if not is_other and self._is_beside_others:
            is_other = _GOVERNMENT.search(self._raw, start, to) or (
                not has_scope and _LISTED.search(self._raw, start, to)
            )
        is_below = self._may_below and _SUBORDINATE.search(self._raw, start, end)
        if is_other or is_below or (self._may_rank and self._is_ranked(start, end)):
            self.scope, self.is_compared = "part", False

    def _is_ranked(self, start: int, end: int) -> bool:
        """县公安局收到的数量最多: one organ among others; 我局…自然人最多 speaks of applicants."""
        m = _RANKED.search(self._raw, start, min(len(self._raw), end + _MOST_AFTER))
        words = (
            words_in(self._text, start, min(len(self._text), m.end() + _MOST_AFTER))
            if m is not None and m.start() < end
            else ()
        )
        return (
            m is not None
            and m.start() < end
            and not any("applicant" in w.kinds or w.code("scope") == "organ" for w in words)
        )

    def _take_year(self, said: str, text: str) -> None:
        if self._report_year is None or not self._has_year:
            return
        for m in _YEAR.finditer(said):
            if (
                text[m.start()] == "\0"
                or said.startswith(("结转", "转入", "遗留", "未办结"), m.end())
                or said[: m.start()].endswith(("结转", "结转至", "结转到", "转至", "转入"))
            ):
                # The year is that of the carrying over, not of the figure.
                continue
            year = int(m[1])
            since = m[2] in ("以后", "至今") or (m[2] == "起" and year < self._report_year)
            self.time = "other_year" if since or year != self._report_year else None
        if any(m[1] != m[2] for m in _SPAN_OF_YEARS.finditer(said)):
            self.time = "other_year"
