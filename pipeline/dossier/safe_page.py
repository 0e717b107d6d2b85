"""What every page for people rests on: an engine that escapes whatever it prints, and a style sheet allowed by its hash.

Every page has the filters `number` (thousands apart), `percent`, `ticked` (names between backquotes as code) and
`breakable` (names that need not stay on one line).
"""

from __future__ import annotations

import base64
import hashlib

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup


def environment(package: str, *, keep_trailing_newline: bool = False) -> Environment:
    """The engine over the folder `templates` of a package: everything is escaped, an unknown name is an error."""
    engine = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=keep_trailing_newline,
    )
    engine.filters |= {"number": "{:,}".format, "percent": percent, "ticked": ticked, "breakable": breakable}
    return engine


def percent(share: float) -> str:
    """A share in per cent, never 0 for something and never 100 for less than all."""
    if 0 < share < 0.001:
        return "< 0.1 %"
    if 0.999 < share < 1:
        return "> 99.9 %"
    return f"{share * 100:.1f} %"


def ticked(text: str) -> Markup:
    """A text of ours with what stands between backquotes as code."""
    parts = (Markup("<code>{}</code>" if n % 2 else "{}").format(p) for n, p in enumerate(text.split("`")))
    return Markup("").join(parts)


def breakable(text: str) -> Markup:
    """A name that may be broken behind its underscores, and is whole when it is copied."""
    return Markup("_<wbr>").join(text.split("_"))


def hash_of(style: str) -> str:
    """A style sheet's SHA-256 as a Content-Security-Policy names it."""
    return base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
