"""Changes to a text that bytes alone seldom give: lines moved, numbers changed, words of the field put in."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

_ODD = "\0\t\n\r\f\v\x07\x85\u200b\u2028\u3000\ufeff\ufffd０９Ⅷ①²½٣〇百|│/-—－.．,，。、：；（）()《》\"'%％万元件条年月日€\U00020000é\u0301"
_LONGEST_REPEAT = 2_000


def changed(data: bytes, rng: Random, words: Sequence[str], most_bytes: int) -> bytes:
    """The text with one to four changes, at most `most_bytes` long. What is no UTF-8 in it becomes U+FFFD."""
    text = data.decode("utf-8", "replace")
    for _ in range(rng.randint(1, 4)):
        text = rng.choice((_line, _line, _word, _word, _digit, _digit, _odd, _cut, _repeat))(text, rng, words)
    return text.encode("utf-8", "replace")[:most_bytes].decode("utf-8", "ignore").encode()


def _line(text: str, rng: Random, words: Sequence[str]) -> str:
    lines = text.split("\n")
    a, b = rng.randrange(len(lines)), rng.randrange(len(lines))
    how = rng.randrange(5)
    if how == 0:
        del lines[a]
    elif how == 1:
        lines.insert(b, lines[a])
    elif how == 2:
        lines[a], lines[b] = lines[b], lines[a]
    elif how == 3:
        lines[min(a, b) : max(a, b)] = []
    else:
        lines[a : a + 2] = ["".join(lines[a : a + 2])]
    return "\n".join(lines)


def _word(text: str, rng: Random, words: Sequence[str]) -> str:
    at = rng.randint(0, len(text))
    return text[:at] + (rng.choice(words) if words else str(rng.randrange(100))) + text[at:]


def _digit(text: str, rng: Random, words: Sequence[str]) -> str:
    places = [i for i, c in enumerate(text) if c.isdecimal()]
    if not places:
        return text
    at = rng.choice(places)
    new = rng.choice(
        (
            "",
            "0",
            "1",
            "9",
            "-1",
            "1.5",
            "12345678",
            "0" * 20,
            "9" * 12,
            "9" * 30,
            "0." + "1" * 9,
            "." + "0" * 40,
            "9" * 11 + "亿",
            "/",
            "-",
            " ",
            "１",
        )
    )
    return text[:at] + new + text[at + 1 :]


def _odd(text: str, rng: Random, words: Sequence[str]) -> str:
    at = rng.randint(0, len(text))
    return text[:at] + rng.choice(_ODD) + text[at + rng.randint(0, 1) :]


def _cut(text: str, rng: Random, words: Sequence[str]) -> str:
    a = rng.randint(0, len(text))
    return text[:a] + text[a + rng.randint(1, 40) :]


def _repeat(text: str, rng: Random, words: Sequence[str]) -> str:
    a = rng.randint(0, len(text))
    piece = text[a : a + rng.randint(1, 60)]
    return text[:a] + piece * rng.randint(2, max(2, _LONGEST_REPEAT // max(1, len(piece)))) + text[a:]
