"""What every page for people rests on: an engine that escapes whatever it prints, and a style sheet allowed by its hash."""

from __future__ import annotations

import base64
import hashlib

from jinja2 import Environment, PackageLoader, StrictUndefined


def environment(package: str, *, keep_trailing_newline: bool = False) -> Environment:
    """The engine over the folder `templates` of a package: everything is escaped, an unknown name is an error."""
    return Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=keep_trailing_newline,
    )


def hash_of(style: str) -> str:
    """A style sheet's SHA-256 as a Content-Security-Policy names it."""
    return base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
