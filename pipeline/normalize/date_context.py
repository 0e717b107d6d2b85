"""What stands around a date: the key of a metadata line, a period's words, the place of a signature, the report's year."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from pipeline.normalize.date_candidates import Candidate


def _spaced(words: str) -> str:
    """Alternatives of words whose characters may stand apart (发 布 日 期)."""
    return "|".join(r"\s{0,2}".join(word) for word in words.split())


_KEY = re.compile(
    rf"(?:(?P<number>{_spaced('索引号 索取号 编号 文号 邮编 邮政编码 电话 传真')})"
    rf"|(?P<updated>(?:{_spaced('更新 修改 访问')})(?:日期|时间))"
    rf"|(?P<issued>(?:{_spaced('生成 成文 发文 制发 印发 制作 形成')})\s{{0,2}}(?:{_spaced('日期 时间')}))"
    rf"|(?P<published>(?:{_spaced('公开 发布 公布 发稿 上网 上传 信息')})\s{{0,2}}(?:{_spaced('日期 时间')})|发布于"
    rf"|(?<![\u4e00-\u9fff])(?:{_spaced('日期 时间')})\s{{0,2}}[:：]))"
    r"[\s:：|\]】]{0,8}$"
)
_KEY_REACH = 26
_SITE_LINE = re.compile(r"来源|浏览|点击|字号|字体|访问量|阅读量")
_SITE_LINE_REACH = 60

_JOINS = re.compile(
    r"\s{0,2}(?:零时|0{1,2}时)?(?:[（(]含[)）])?\s{0,2}(?:起|始|开始|以来)?\s{0,2}[,，、]?\s{0,2}"
    r"(?:截?至|截?止至?|到|[-—–~～－─]{1,2})\s{0,2}"
)
_LONGEST_JOIN = 12
_FROM = re.compile(r"[自从由]\s{0,2}[:：]?\s{0,2}$")
_STATISTICS = re.compile(
    r"统计|所列数据|数据的?(?:范围|截)|期限|时限|周期|报告期|起止|时间(?:段|范围)?\s{0,2}(?:为|是|[:：])\s{0,2}$"
)
_STATISTICS_REACH = 40
_SENTENCE_ENDS = re.compile(r"[。；;]|\n\s*\n")
_UNTIL = re.compile(r"截[至止](?:日期|时间)?\s{0,2}[为到至:：]?\s{0,2}$")
_STARTED = re.compile(r"\s{0,2}(?:起|始|开始)")
_ENDED = re.compile(r"\s{0,2}(?:24时)?\s{0,2}为?止")
_DATE_IS_OVER = re.compile(r"\s|$|[起始止至到底末的\-—–~～－─,，、。；;)）|]|期间")

_TITLE_YEAR = re.compile(
    r"(?<![0-9])((?:19|20)[0-9]{2})\s{0,2}年?\s{0,2}度?\s{0,2}[^\n。0-9]{0,24}\n?[^\n。0-9]{0,12}年\s{0,2}度\s{0,2}报\s{0,2}告"
)
_BUTTON = re.compile(
    r"[\s•·●【\[|]{0,8}(?:收藏|打印|关闭|分享|上一|下一|返回|附件|相关|扫一扫|字体|主办|版权|网站|责任编辑)"
)
_ORGAN = re.compile(
    r"[\u4e00-\u9fff（）()、]{2,40}"
    r"(?:室|政府|局|委|委员会|管委会|办|处|厅|院|校|中心|街道|镇|乡|苏木|区|县|市|旗|队|所|站|公司|会|署|关|部|社|馆|党政办)"
    r"(?:[（(]\S{1,6}[)）])?"
)
_SENTENCE = "。；"
_TAIL_LINES = 20
_TAIL_LINE_LENGTH = 120
_TAIL_REACH = 2000


class Surroundings:
    """Answers what stands around an offset of one text. Looks only at bounded windows."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tail_start = self._tail_start()

    def key(self, start: int) -> str | None:
        """`published`, `issued`, `updated` or `number` after the key of a metadata line; `published` on a site's line."""
        match = _KEY.search(self.text[max(0, start - _KEY_REACH) : start])
        return match.lastgroup if match else None

    def is_on_site_line(self, start: int, end: int) -> bool:
        """Whether the line is a site's line about the page (来源 … 浏览次数 …), which gives the day of publication."""
        before = self.text[max(0, start - _SITE_LINE_REACH) : start].rpartition("\n")[2]
        after = self.text[end : end + _SITE_LINE_REACH].partition("\n")[0]
        return bool(_SITE_LINE.search(before) or _SITE_LINE.search(after)) and not any(
            sign in before + after for sign in _SENTENCE + "，"
        )

    def is_joined(self, end: int, start: int) -> bool:
        """Whether only 起 至 and the like stand between a date's end and the next one's start."""
        return 0 < start - end <= _LONGEST_JOIN and _JOINS.fullmatch(self.text, end, start) is not None

    def speaks_of_statistics(self, start: int) -> bool:
        """Whether the sentence before the date speaks of the period that the figures cover."""
        window = _SENTENCE_ENDS.split(self.text[max(0, start - _STATISTICS_REACH) : start])[-1]
        return _STATISTICS.search(window) is not None

    def is_from(self, start: int) -> bool:
        """Whether 自, 从 or 由 stands directly before."""
        return _FROM.search(self.text[max(0, start - 6) : start]) is not None

    def is_until(self, start: int) -> bool:
        """Whether 截至 or 截止 stands directly before."""
        return _UNTIL.search(self.text[max(0, start - 10) : start]) is not None

    def is_bounded(self, start_end: int, end_end: int) -> bool:
        """Whether 起 follows a period's start or 止 its end."""
        return bool(_STARTED.match(self.text, start_end) or _ENDED.match(self.text, end_end))

    def is_over(self, end: int) -> bool:
        """Whether what follows digits may follow a date; a counted thing (202311件) may not."""
        return _DATE_IS_OVER.match(self.text, end) is not None

    def is_signature(self, candidate: Candidate) -> bool:
        """Whether a date stands where the organ signs: alone on its line or behind the organ's name.

        Digits that nothing marks as a date need more: the report's last lines, and the organ's name before them or the
        site's buttons after them.
        """
        text = self.text
        before = text[max(0, candidate.start - 61) : candidate.start]
        after = text[candidate.end : candidate.end + 40].partition("\n")[0]
        head, is_line, own = before.rpartition("\n")
        if (not is_line and candidate.start > 60) or after.strip().strip("）)|"):
            return False
        own = own.strip().strip("（(|")
        is_tail = candidate.start >= self.tail_start
        if own:
            return _is_organ(own) and is_tail and not candidate.needs_context
        lines = head.rstrip() or text[max(0, candidate.start - 400) : candidate.start].rstrip()
        is_after_organ = _is_organ(lines.rpartition("\n")[2])
        if not candidate.needs_context:
            return is_after_organ or (is_tail and bool(lines))
        return is_tail and (
            is_after_organ or _BUTTON.match(text[candidate.end : candidate.end + 80].lstrip()) is not None
        )

    def _tail_start(self) -> int:
        """Start of the last lines: at most twenty short ones, none of them a sentence."""
        end = len(self.text)
        window = self.text[max(0, end - _TAIL_REACH) :]
        start, lines = end, 0
        for line in reversed(window.split("\n")):
            content = line.strip()
            if any(sign in content for sign in _SENTENCE) or len(content) > _TAIL_LINE_LENGTH:
                break
            lines += bool(content)
            if lines > _TAIL_LINES:
                break
            start = end - len(line)
            end = start - 1
        return start


def _is_organ(line: str) -> bool:
    return _ORGAN.fullmatch("".join(line.split())) is not None


def year_of_report(text: str, found: Iterable[Candidate], hints: Sequence[int | None]) -> int | None:
    """The year that the report is about: a hint of the caller, the title's year, or the year named most often.

    Used as evidence for collapsed dates only. A year named once, or as often as another, is no evidence.
    """
    for hint in hints:
        if hint is not None:
            return hint
    title = _TITLE_YEAR.search(text)
    if title is not None:
        return int(title[1])
    bare = (candidate.readings[0] for candidate in found if candidate.is_plain)
    ranked = Counter(reading.year for reading in bare if reading.month is None).most_common(2)
    if not ranked or ranked[0][1] < 2 or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return None
    return ranked[0][0]
