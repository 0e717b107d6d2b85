"""What a report and its place say about where the organ stands, apart from the organ's own name: the second evidence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from pipeline.issuers.contexts import own_chains
from pipeline.issuers.divisions import Division, ancestors, area_codes, family, postcodes, townships
from pipeline.issuers.kind import issuer_kind
from pipeline.issuers.mentions import Chain
from pipeline.issuers.naming import ZONE, Named, read_name

MOST_CHARACTERS = 12_000
"""Of a longer text the first three quarters and the last quarter of so many characters are read."""
_TELEPHONE = re.compile(r"(?<![\d-])[（(]?0(\d{2,3})[)）\-—－– ]{0,2}(?=\d{7,8}(?!\d))")
_OPENING, _ENDING = 600, 300
"""Characters at the text's begin and end where an organ names itself rather than another."""
_POSTCODE = re.compile(r"(?:邮\s*编|邮政编码|邮码)\s*[:：为]?\s*(\d{2})\d{4}(?!\d)")
_MEDIA = re.compile(r"(?:融媒体中心|日报社?|报社|晚报|广播电视台|电视台|广播电台|新闻网|传媒|网络中心|公司|集团)$")
"""Publishers that publish what others wrote."""
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
    def times(self) -> int:
        return self.full + self.short

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
        """What the publisher's name says; nothing where a newspaper or a company publishes for the organ."""
        name = self.evidence.publisher
        if not name or (_MEDIA.search(name) and not name.endswith(self.evidence.issuer or " ")):
            return None
        return read_name(name, self.year)

    @cached_property
    def chains(self) -> tuple[tuple[Chain, bool], ...]:
        """Chains of the text that may be the organ's own, and whether each stands in an address."""
        return own_chains(self.body, self.year)

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
        """Those whose prefecture or province (or which themselves, as no other) the text names at least twice, or in an address.

        None where it names places elsewhere as often.
        """
        told = [(c.divisions[0], c, is_address) for c, is_address in self.chains if len(c.divisions) == 1]
        elsewhere = Counter(
            _seat(d) for d, _, _ in told if not _is_wide(d.code) and not any(_is_near(d, c) for c in candidates)
        )
        rival = max(elsewhere.values(), default=0)
        if len(candidates) == 1:
            (only,) = candidates
            near = [(d, c) for d, c, _ in told if _is_near(d, only)]
            is_told = len(near) > 1 or any(d == only and c.is_full for d, c in near)
            return candidates if is_told and len(near) > rival else ()
        for common in (1, len(candidates) - 1):
            # First by what only one of them has (its prefecture), then by what some of them share (their province).
            bearers = Counter(code for c in candidates for code in family(c))
            counts = {
                c: sum(
                    2 if is_address or (chain.links > 1 and d == c) else 1
                    for d, chain, is_address in told
                    if any(bearers[x] <= common for x in family(d) & family(c))
                )
                for c in candidates
            }
            most = max(counts.values())
            if most >= 2:
                return tuple(c for c in candidates if counts[c] * 4 > most) if most > rival else ()
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


def _is_wide(code: str) -> bool:
    """Whether a code is a province's that has prefectures."""
    return code.endswith("0000") and code[:2] not in ("11", "12", "31", "50")


def _is_near(d: Division, other: Division) -> bool:
    """Whether two divisions are in one prefecture or city."""
    return any(not _is_wide(code) for code in family(d) & family(other))


def _seat(d: Division) -> str:
    """The prefecture that a division is in, else its province."""
    return next((x.code for x in (d, *ancestors(d)) if x.level == "prefecture"), d.code[:2])


def _pinyin(d: Division) -> list[str]:
    return [x.pinyin for x in (d, *ancestors(d)) if x.level != "county" or x == d]
