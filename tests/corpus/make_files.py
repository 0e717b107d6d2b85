"""Makes the files of data/sample that external programs write: `python -m tests.corpus.make_files [NAME ...]`.

Word 97-2003, PDF and scans need LibreOffice or Chromium and do not come out the same byte for byte, so they lie in
`tests/corpus/made` and `write_sample` copies them. Their gold comes from their truths in `sample_formats`: where a truth,
its options or the writer of its format changes, its file must be made anew with this command before `write_sample` runs.
"""

from __future__ import annotations

import getpass
import io
import socket
import sys
from collections.abc import Collection
from pathlib import Path, PurePosixPath

from tests.corpus.formats import FORMATS, render_format, render_many
from tests.corpus.formats.blocks import outline
from tests.corpus.formats.office import converted, plain_documents
from tests.corpus.sample_formats import FormatSample, encrypted, files

MADE = Path(__file__).parent / "made"
DPI = 200
FOLDERS = ("file://", "/home/", "/root/", "/tmp/", "/Users/", ":\\Users\\")
ENCRYPTION = (
    '{"EncryptFile":{"type":"boolean","value":"true"},"DocumentOpenPassword":{"type":"string","value":"secret"}}'
)


def is_made(sample: FormatSample) -> bool:
    """Whether an external program writes the sample's file."""
    return sample.format not in FORMATS or FORMATS[sample.format].write is None


def made_samples() -> list[FormatSample]:
    """Every sample whose file lies in `made`, under the last part of its path."""
    return [s for s in (*files(), encrypted()) if is_made(s)]


def name_of(sample: FormatSample) -> str:
    return PurePosixPath(sample.path).name


def made(sample: FormatSample) -> bytes:
    """The file of a sample. Raises FileNotFoundError where this command has not made it."""
    return (MADE / name_of(sample)).read_bytes()


# ---- making them --------------------------------------------------------------------------------------------------
def scanned(sample: FormatSample) -> bytes:
    """The report printed, copied askew and scanned in black and white, as a PDF without text."""
    return pictures(sample, "copied", "PDF", slice(None))


def pictured(sample: FormatSample) -> bytes:
    """The top of the printed report's first page as a picture."""
    return pictures(sample, "clean", "PNG", slice(1))


def pictures(sample: FormatSample, condition: str, file_format: str, pages: slice) -> bytes:
    import pypdfium2
    from PIL import Image

    from tests.corpus import scans

    pdf = render_format(sample.truth, "pdf_browser", sample.options).data
    numbers = range(1, len(pypdfium2.PdfDocument(pdf)) + 1)[pages]
    grey = [scans.scan(pdf, n, DPI, condition, sample.options.seed) for n in numbers]
    first, *rest = (Image.fromarray(p).convert("1", dither=Image.Dither.NONE) for p in grey)
    out = io.BytesIO()
    if file_format == "PDF":
        first.save(out, "PDF", save_all=True, append_images=rest, resolution=DPI)
    else:
        top = first.crop((0, 0, first.width, first.height // 4))
        top.save(out, file_format, dpi=(DPI, DPI), optimize=True)
    return out.getvalue()


def locked(sample: FormatSample) -> bytes:
    """The report as a PDF that asks for a password."""
    (data,) = converted(
        plain_documents([outline(sample.truth, sample.options)]), ".docx", f"pdf:writer_pdf_Export:{ENCRYPTION}"
    )
    return data


BY_HAND = {"scan": scanned, "picture": pictured, "encrypted_pdf": locked}


def make(wanted: Collection[str]) -> dict[str, bytes]:
    """The files by name, those of one program in one run of it. Raises ProgramMissing."""
    out = {}
    chosen = [s for s in made_samples() if name_of(s) in wanted]
    for name in sorted({s.format for s in chosen}):
        samples = [s for s in chosen if s.format == name]
        if name in BY_HAND:
            data = [BY_HAND[name](s) for s in samples]
        else:
            data = [f.data for f in render_many([(s.truth, s.options) for s in samples], name)]
        out |= dict(zip(map(name_of, samples), data, strict=True))
    return out


def traces(data: bytes, names: Collection[str] = ()) -> list[str]:
    """Folders of a machine, or other names, that a program has left in a file."""
    words = (*FOLDERS, *names)
    return sorted(w for w in words if any(w.encode(e) in data for e in ("utf-8", "utf-16-le", "utf-16-be")))


def main() -> None:
    known = {name_of(s) for s in made_samples()}
    wanted = set(sys.argv[1:]) or known
    if wanted - known:
        sys.exit(f"no made file is named {', '.join(sorted(wanted - known))}; there are {', '.join(sorted(known))}")
    MADE.mkdir(exist_ok=True)
    # Names of a few letters turn up by chance.
    here = [n for n in (getpass.getuser(), socket.gethostname(), str(Path.cwd())) if len(n) > 5]
    for name, data in make(wanted).items():
        if found := traces(data, here):
            sys.exit(f"{name} names {', '.join(found)}: it is not written")
        (MADE / name).write_bytes(data)
        print(f"{name}: {len(data):,} bytes")
    for path in MADE.iterdir():
        if path.name not in known:
            path.unlink()


if __name__ == "__main__":
    main()
