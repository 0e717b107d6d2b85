"""What a report and its place say about where the organ stands, apart from the organ's own name: the second evidence."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from pipeline.issuers.divisions import Division, ancestors, area_codes, family, postcodes, townships
from pipeline.issuers.kind import issuer_kind
from pipeline.issuers.mentions import Chain, gazetteer
from pipeline.issuers.naming import ZONE, Named, read_name

MOST_CHARACTERS = 12_000
"""Of a longer text the first three quarters and the last quarter of so many characters are read."""
MOST_CHAINS = 400
"""A text that names more divisions than this is a list of them; what follows is not read."""
_CONTACT = re.compile(r"(?<!举报)(?<!投诉)(?<!监督)(?<!复议)(?:地\s*址|办公地点)\s*[:：为]?")
_CONTACT_LENGTH = 45
_TELEPHONE = re.compile(r"(?<![\d-])[（(]?0(\d{2,3})[)）\-—－– ]{0,2}(?=\d{7,8}(?!\d))")
_OPENING, _ENDING = 600, 300
"""Characters at the text's begin and end where an organ names itself rather than another."""
_POSTCODE = re.compile(r"(?:邮\s*编|邮政编码|邮码)\s*[:：为]?\s*(\d{2})\d{4}(?!\d)")
_ELSEWHERE = re.compile(
    r"(?:学习|借鉴|赴|考察|来自|对口|支援|帮扶|结对|交流|兄弟|周边|毗邻|先进|协作|援助|邻近|比如|例如|像)[\u4e00-\u9fff、“”]{0,6}$"
)
"""What stands before a division that is not the organ's own."""
_TOGETHER = re.compile(r"^[\u4e00-\u9fff、]{0,16}?(?:结对|签约|签订|合作|共建|交流|对接|联动|帮扶|经验|做法)")
"""What stands behind one: 与昆山市教育局结对."""
_TOWN = re.compile(r"[\u4e00-\u9fff]{1,12}?(?:街道|镇|乡|苏木)")
_SELF_ZONE = re.compile(
    r"^[\u4e00-\u9fff]{0,6}?(?:经济技术开发区|经济开发区|经开区|高新区|高新技术产业开发区|开发区|工业园区|产业园区|园区|保税区|示范区|度假区)"
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a report: its title, the issuer's name, the whole text, the site's publisher, host and path, the year."""

    title: str | None = None
    issuer: str | None = None
    body: str = ""
    publisher: str | None = None
    url: str | None = None
    report_year: int | None = None


@dataclass(slots=True)
class Told:
    """How often a text tells of a division: with the organ's own name behind it, so in the opening or at the end, in an address, by
    its whole and by its short name, in a chain."""

    division: Division
    own: int = 0
    own_at_edge: int = 0
    address: int = 0
    full: int = 0
    short: int = 0
    chain: int = 0

    @property
    def weight(self) -> int:
        return 3 * self.own + 3 * self.address + 2 * self.full + self.short


class Reading:
    """A report's evidence, each part read once and only where it is asked for."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.year = evidence.report_year
        body = evidence.body
        if len(body) > MOST_CHARACTERS:
            body = body[: MOST_CHARACTERS * 3 // 4] + "\n" + body[-MOST_CHARACTERS // 4 :]
        self.body = body

    @cached_property
    def issuer(self) -> Named | None:
        """What the issuer's name says, else the title."""
        name = self.evidence.issuer or self.evidence.title
        return read_name(name, self.year) if name else None

    @cached_property
    def kind(self) -> str | None:
        """The organ's kind by its name."""
        return issuer_kind(self.evidence.issuer or "")

    @cached_property
    def publisher(self) -> Named | None:
        return read_name(self.evidence.publisher, self.year) if self.evidence.publisher else None

    @cached_property
    def chains(self) -> tuple[tuple[Chain, bool], ...]:
        """Chains of the text that may be the organ's own, and whether each stands in an address."""
        lines = [m.end() for m in _CONTACT.finditer(self.body)]
        out = []
        for c in islice(gazetteer(self.year).chains(self.body), MOST_CHAINS):
            is_other = _ELSEWHERE.search(self.body, max(0, c.start - 10), c.start) or (
                self.body[c.start - 1 : c.start] in ("与", "同", "和")
                and _TOGETHER.match(self.body[c.end : c.end + 20])
            )
            if not is_other:
                out.append((c, any(0 <= c.start - a <= _CONTACT_LENGTH for a in lines)))
        return tuple(out)

    @cached_property
    def told(self) -> dict[str, Told]:
        """By code, the prefectures and counties that the text names beyond doubt."""
        key = re.sub(r"(?:管理委员会|管委会)$", "", self.issuer.rest) if self.issuer else ""
        own_names = tuple(k for k in (key, key[1:] if self.level else "") if k)
        is_zone = bool(ZONE.search(key))
        out: dict[str, Told] = {}
        for c, is_address in self.chains:
            if len(c.divisions) != 1:
                continue
            d = c.divisions[0]
            behind = self.body[c.end : c.end + 24]
            is_own = bool(own_names) and behind.startswith(own_names)
            is_own = is_own or (is_zone and bool(_SELF_ZONE.match(behind)))
            is_edge = c.start < _OPENING or c.start > len(self.body) - _ENDING
            for x in (d, *(ancestors(d) if c.links > 1 else ())):
                if x.level == "province":
                    continue
                t = out.setdefault(x.code, Told(x))
                t.own += is_own and x is d
                t.own_at_edge += is_own and is_edge and x is d
                t.address += is_address and c.is_full
                t.full += c.is_full
                t.short += not c.is_full
                t.chain += c.links > 1
        return out

    @property
    def level(self) -> str | None:
        return self.issuer.level if self.issuer else None

    @cached_property
    def named_codes(self) -> dict[str, int]:
        """How often the text has whole names of each division, provinces and ambiguous names in chains too."""
        out: dict[str, int] = defaultdict(int)
        for c, is_address in self.chains:
            for d in c.divisions if len(c.divisions) == 1 else ():
                for code in family(d):
                    out[code] += 2 if is_address or c.links > 1 else 1
        return out

    def town(self) -> str | None:
        """The town that the organ's name names, as the list of towns writes it."""
        m = _TOWN.match(self.issuer.rest) if self.issuer else None
        return m.group() if m else None

    def narrow(self, candidates: Iterable[Division]) -> tuple[tuple[Division, ...], tuple[str, ...]]:
        """The candidates that every other evidence which speaks at all speaks for, and the kinds of evidence that did.

        Two evidences for different candidates leave none: ((), ...).
        """
        left = tuple(candidates)
        spoke = []
        tests: tuple[tuple[str, Callable[[tuple[Division, ...]], tuple[Division, ...]]], ...] = (
            ("publisher", self._by_publisher),
            ("body", self._by_body),
            ("township", self._by_town),
            ("area_code", self._by_area_code),
            ("postcode", self._by_postcode),
            ("host", self._by_host),
        )
        everything = left
        for basis, test in tests:
            kept = test(everything)
            if kept:
                spoke.append(basis)
                left = tuple(d for d in left if d in kept)
        return (left, tuple(spoke)) if spoke else (left, ())

    def _by_publisher(self, candidates: tuple[Division, ...]) -> tuple[Division, ...]:
        if self.publisher is None or self.publisher.chain is None:
            return ()
        near = self.publisher.chain.divisions
        return tuple(c for c in candidates if any(d.code in family(c) or c.code in family(d) for d in near))

    def _by_body(self, candidates: tuple[Division, ...]) -> tuple[Division, ...]:
        """Those whose prefecture or province (or which themselves, as no other) the text names at least twice, or in an address."""
        names = self.named_codes
        if len(candidates) == 1:
            (only,) = candidates
            told = self.told.get(only.code)
            is_told = told is not None and (told.full > 0 or told.own > 1)
            return candidates if is_told or sum(names.get(code, 0) for code in family(only)) > 2 else ()
        for common in (1, len(candidates) - 1):
            # First by what only one of them has (its prefecture), then by what some of them share (their province).
            bearers = Counter(code for c in candidates for code in family(c))
            counts = {c: sum(names.get(x, 0) for x in family(c) if bearers[x] <= common) for c in candidates}
            most = max(counts.values())
            if most >= 2:
                return tuple(c for c in candidates if counts[c] >= 2 and counts[c] * 4 >= most)
        return ()

    def _by_town(self, candidates: tuple[Division, ...]) -> tuple[Division, ...]:
        town = self.town()
        if town is None:
            return ()
        return tuple(c for c in candidates if town in townships().get(c.code, ()))

    def _by_area_code(self, candidates: tuple[Division, ...]) -> tuple[Division, ...]:
        codes = area_codes()
        found: set[str] = set()
        for m in _TELEPHONE.finditer(self.body):
            digits = m.group(1)
            found.update(codes.get(digits, ()) or codes.get(digits[:2], ()))
        return tuple(c for c in candidates if found & family(c))

    def _by_postcode(self, candidates: tuple[Division, ...]) -> tuple[Division, ...]:
        found = {postcodes().get(m.group(1)) for m in _POSTCODE.finditer(self.body)}
        return tuple(c for c in candidates if found & family(c))

    def _by_host(self, candidates: tuple[Division, ...]) -> tuple[Division, ...]:
        """Candidates of whose own or whose prefecture's pinyin a label of the host consists."""
        host = re.sub(r"^[a-z]+://", "", (self.evidence.url or "").lower()).split("/")[0]
        labels = set(re.split(r"[.:\-]", host)) - {"www", "gov", "cn", "com", "org", "net"}
        return tuple(c for c in candidates if labels & set(_pinyin(c)))


def _pinyin(d: Division) -> list[str]:
    return [x.pinyin for x in (d, *ancestors(d)) if x.level != "county" or x == d]
