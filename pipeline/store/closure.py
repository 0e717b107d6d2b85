"""Which of this project's own files a module's results depend on, and one digest of them: what is stale is told by it."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_OURS = ("pipeline", "expectations")
_DATA = ("data", "_dictionaries")
"""Folders of a package whose files its modules read."""


@cache
def digest(*modules: str) -> str:
    """SHA-256 over the modules, every module of ours that they import, directly or not, and those packages' data.

    An import inside a function counts, one by a name that is put together at run time does not. Raises
    ModuleNotFoundError.
    """
    sums = hashlib.sha256()
    for name, path in sorted(_files(modules)):
        sums.update(f"{name}\x1f".encode() + _sum(path))
    return sums.hexdigest()


def note_code() -> None:
    """Reads every module of ours, so that what digests say later in this process is of the code that it runs, whatever is
    edited meanwhile. Data that is read later may be newer than its digest: then the next run finds another one."""
    for package in _OURS:
        for path in _source(package).parent.rglob("*.py"):
            _sum(path)
            _imported(path)


@cache
def _sum(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


def modules_of(*modules: str) -> tuple[str, ...]:
    """The modules themselves and all of ours that they import, directly or not, by name."""
    found: dict[str, Path] = {}
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name] = _source(name)
        # A module is reached through its packages: they run first.
        waiting += [name.rpartition(".")[0]] if "." in name else []
        waiting += _imported(found[name])
    return tuple(sorted(found))


def _files(modules: Iterable[str]) -> Iterator[tuple[str, Path]]:
    """Each file under a name that does not tell where it is installed."""
    for name in modules_of(*modules):
        path = _source(name)
        yield name, path
        if path.name == "__init__.py":
            for folder in _DATA:
                for file in sorted(path.parent.joinpath(folder).rglob("*")):
                    if file.is_file():
                        yield f"{name}:{folder}/{file.relative_to(path.parent / folder).as_posix()}", file


@cache
def _source(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"there is no module {name}")
    return Path(spec.origin)


@cache
def _imported(path: Path) -> tuple[str, ...]:
    """Names of our modules that a module imports, wherever in it."""
    out: list[str] = []
    for node in _statements(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            out += [a.name for a in node.names if _is_ours(a.name)]
        elif isinstance(node, ast.ImportFrom) and node.module and _is_ours(node.module):
            out.append(node.module)
            out += [inner for a in node.names if _is_module(inner := f"{node.module}.{a.name}")]
    return tuple(dict.fromkeys(out))


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Every statement below a node; expressions, in which nothing is imported, are not gone through."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
            yield child
            yield from _statements(child)


def _is_ours(name: str) -> bool:
    return name.partition(".")[0] in _OURS


def _is_module(name: str) -> bool:
    """Whether a name that is imported from a package is a module and not something in it. Nothing is imported."""
    package, _, last = name.rpartition(".")
    folder = _source(package).parent
    inside = _source(package).name == "__init__.py"
    return inside and (folder.joinpath(f"{last}.py").is_file() or folder.joinpath(last, "__init__.py").is_file())
