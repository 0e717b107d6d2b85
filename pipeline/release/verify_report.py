"""The verdict on a release: what each check found, for programs and as text for people in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.data_files import table_rows
from pipeline.dossier.visible import one_line

_SHOWN = 20
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Check:
    """One check by name: what it found wrong, or why it could not be made, wholly or in part."""

    name: str
    faults: tuple[str, ...] = ()
    unchecked: str | None = None

    @property
    def verdict(self) -> str:
        return "failed" if self.faults else "ok" if self.unchecked is None else "not checked"

    @property
    def title_en(self) -> str:
        return titles()[self.name][0]

    @property
    def title_zh(self) -> str:
        return titles()[self.name][1]


@dataclass(frozen=True, slots=True)
class Report:
    """The verdict on a release folder."""

    root: Path
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Nothing is wrong in what could be checked. `is_whole` says whether that was everything."""
        return not any(c.faults for c in self.checks)

    @property
    def is_whole(self) -> bool:
        return all(c.unchecked is None for c in self.checks)

    @property
    def failed(self) -> tuple[str, ...]:
        """Names of the checks that failed."""
        return tuple(c.name for c in self.checks if c.faults)

    def text(self) -> str:
        """For a terminal: a line for each check with what is wrong under it, and the verdict in both languages.

        What the folder says is shown without characters that would steer the terminal.
        """
        wide = max(len(c.name) for c in self.checks)
        lines = [f"release  {one_line(str(self.root))}", ""]
        for c in self.checks:
            lines.append(f"{c.verdict:<11}  {c.name:<{wide}}  {c.title_en} {c.title_zh}")
            shown = c.faults[:_SHOWN] if c.faults else (c.unchecked,) if c.unchecked else ()
            lines += [f"{'':<13}- {one_line(f, _LONGEST)}" for f in shown]
            if len(c.faults) > _SHOWN:
                lines.append(f"{'':<13}- and {len(c.faults) - _SHOWN:,} more")
        return "\n".join([*lines, "", *self._conclusion()])

    def _conclusion(self) -> tuple[str, str]:
        unchecked = sum(c.unchecked is not None and not c.faults for c in self.checks)
        if not self.passed:
            named = ", ".join(self.failed)
            return (
                f"Refused: {len(self.failed)} of {len(self.checks)} checks failed: {named}.",
                f"不通过：{len(self.checks)} 项检查中有 {len(self.failed)} 项未通过：{named}。",
            )
        if unchecked:
            return (
                f"Sound as far as it could be checked: {unchecked} of {len(self.checks)} checks could not be made.",
                f"可检查部分均通过：{len(self.checks)} 项检查中有 {unchecked} 项无法进行。",
            )
        return f"Sound: all {len(self.checks)} checks passed.", f"通过：{len(self.checks)} 项检查全部通过。"


@cache
def titles() -> dict[str, tuple[str, str]]:
    """Every check by name in the order in which they are told, with its title in English and Chinese."""
    return {r["check"]: (r["title_en"], r["title_zh"]) for r in table_rows(__package__, "checks.csv")}
