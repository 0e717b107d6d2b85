"""Which division an organ belongs to: ranked evidence, and null where nothing decides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.issuers.divisions import Division, ancestors, family, has_counties, townships
from pipeline.issuers.evidence import Evidence, Reading, Told
from pipeline.issuers.naming import Named

_LEVEL_WORDS = {
    "县": "县[委政]|全县|我县",
    "区": "区[委政]|全区|我区",
    "市": "市[委政]|全市|我市",
    "旗": "旗[委政]|全旗",
    "州": "州[委政]|全州",
}


@dataclass(frozen=True, slots=True)
class Resolved:
    """An organ's division in the report's year.

    `basis`: the evidence that named it (issuer, title, publisher, body, address). `confirmed_by`: further evidence that was needed to
    choose among several, or to trust a short name (publisher, body, township, area_code, postcode, host). `explanation` says it in
    a sentence. Reports of towns and subdistricts have the county's code.
    """

    division_code: str
    division_name: str
    division_level: str
    basis: str
    confirmed_by: tuple[str, ...]
    explanation: str
    division: Division


def resolve(evidence: Evidence) -> Resolved | None:
    """The division of a report's organ, or None where nothing decides.

    In this order: the issuer's name (without one the title), the site's publisher, the text. A whole name that only one division has
    in the report's year decides alone, a chain too (南通市海门区). A name that several have (鼓楼区), and a short one (江阴临港经济开发区), need
    a second evidence that speaks for exactly one; evidences that speak against each other decide nothing. A name without division (县教育局,
    洋口港经济开发区) is placed by the publisher, else by the text: an address, the organ's own name behind a division's, or one division named
    again and again while no other competes; where no organ is named at all, only by an address. A name of a division that is not in the list (in that year, or two years around) is
    never placed elsewhere.
    """
    reading = Reading(evidence)
    name = reading.issuer
    if name is None or name.is_unknown:
        return None
    basis = "issuer" if evidence.issuer else "title"
    if name.chain is not None:
        return _by_name(reading, name, basis)
    publisher = reading.publisher
    if publisher is not None and publisher.is_unknown:
        return None
    if publisher is not None and publisher.chain is not None:
        fitting = tuple(d for d in publisher.chain.divisions if _fits(d, name.level, reading.kind))
        if fitting:
            return _by_name(reading, publisher, "publisher", fitting)
    return _by_body(reading, name)


def _by_name(reading: Reading, name: Named, basis: str, divisions: Sequence[Division] | None = None) -> Resolved | None:
    chain = name.chain
    assert chain is not None
    candidates = tuple(divisions or chain.divisions)
    if len(candidates) == 1 and name.is_certain:
        return _resolved(candidates[0], basis, (), f"the {basis} names {_full(candidates[0])}")
    left, spoke = reading.narrow(candidates)
    spoke = tuple(s for s in spoke if s != basis)
    if len(left) != 1 or not spoke or (not name.is_certain and spoke == ("host",)):
        return None
    why = "which several divisions bear" if name.is_certain else "by its short name"
    text = f"the {basis} names {left[0].name}, {why}; {', '.join(spoke)} speak{'s' * (len(spoke) == 1)} for {_full(left[0])}"
    return _resolved(left[0], basis, spoke, text)


def _by_body(reading: Reading, name: Named) -> Resolved | None:
    told = reading.told
    level = name.level or _level_told(reading)
    best = _best(reading, told, level)
    if best is None:
        return None
    publisher = reading.publisher.chain if reading.publisher else None
    if publisher is not None and not any(p.code in family(best.division) for p in publisher.divisions):
        return None
    d = best.division
    rivals = [t.weight for t in told.values() if t.division.code not in family(d) and d.code not in family(t.division)]
    if best.weight < 4 * max(rivals, default=0) or 2 * sum(rivals) > best.weight:
        return None
    if reading.evidence.issuer is None and not best.address:
        return None
    town = reading.town()
    is_its_town = town is not None and town in townships().get(d.code, ())
    if best.address or (best.own_at_edge and best.full):
        basis = "address" if best.address else "body"
        how = "the organ's address names" if best.address else "the text names the organ as one of"
    elif best.times > 1 and (best.own > 1 or best.chain or best.times > 2 or is_its_town):
        basis, how = "body", "the text names no other division so often as"
    else:
        return None
    return _resolved(d, basis, ("township",) if is_its_town else (), f"{how} {_full(d)}")


def _best(reading: Reading, told: dict[str, Told], level: str | None) -> Told | None:
    """The division that the text tells most of: a county before its prefecture, if its kind fits the organ's level."""
    fitting = [t for t in told.values() if _fits(t.division, level, reading.kind)]
    below = {code for t in fitting for code in family(t.division) - {t.division.code}}
    leaves = [t for t in fitting if t.division.code not in below]
    if not leaves:
        return None
    best = max(leaves, key=lambda t: (t.weight, t.division.code))
    above = next((t for t in fitting if t.division.code in family(best.division) and t is not best), None)
    if above is None:
        return best
    if above.weight >= 4 * best.weight and not best.address:
        return above
    return best if best.weight > above.weight or level is not None else None


def _fits(d: Division, level: str | None, kind: str | None) -> bool:
    """Whether a division is of the kind that the organ's name gives: 县教育局 is a county's, a town is in a county."""
    if kind in ("town", "subdistrict") and (d.level == "province" or has_counties(d.code)):
        return False
    if level is None:
        return True
    if level == "省":
        return d.level == "province"
    return d.name.endswith({"市": "市", "县": "县", "区": "区", "旗": "旗", "州": "州", "盟": "盟"}[level])


def _level_told(reading: Reading) -> str | None:
    """The kind of division that the organ's text speaks of as its own (县委, 全县), where it clearly speaks of one.

    Not for zones and towns: their 全区 is the zone's, their 市 or 县 may be either.
    """
    if reading.kind in ("development_zone", "subdistrict", "town"):
        return None
    counts = {level: len(re.findall(words, reading.body)) for level, words in _LEVEL_WORDS.items()}
    first, second = sorted(counts, key=lambda k: -counts[k])[:2]
    return first if counts[first] >= 2 and counts[first] >= 3 * counts[second] else None


def _full(d: Division) -> str:
    return "".join(a.name for a in reversed(ancestors(d))) + d.name


def _resolved(d: Division, basis: str, confirmed: tuple[str, ...], explanation: str) -> Resolved:
    return Resolved(d.code, d.name, d.level, basis, confirmed, explanation[:1].upper() + explanation[1:] + ".", d)
