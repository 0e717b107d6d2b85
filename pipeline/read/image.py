"""Image files: a page that was photographed, scanned or saved as a picture, or several in one TIFF."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline import limits
from pipeline.model import Document, SourceFile, Unusable
from pipeline.read.building import Builder
from pipeline.read.fault import Fault, too_complex
from pipeline.read.pages import add_pages

if TYPE_CHECKING:
    from PIL import Image

    from pipeline.read.scan_engine import Picture

READER = "image/1"

_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*")
_FORMATS = ("PNG", "JPEG", "GIF", "TIFF", "BMP", "WEBP")
_PAPER = 8.27
"""Inches: the width of A4, for a picture that does not say how large it is."""
_READABLE = (150, 300)
"""Dots per inch at which a picture is read: smaller ones are enlarged, larger ones reduced."""


def sniff(data: bytes, source: SourceFile) -> bool:
    """PNG, JPEG, GIF, TIFF, WebP by their first bytes; BMP by its header's zeros too, for BM may begin a text."""
    if data.startswith(_MAGIC):
        return True
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return True
    return data[:2] == b"BM" and data[6:10] == b"\0\0\0\0" and data[15:18] == b"\0\0\0"


def read(data: bytes, source: SourceFile) -> Document | Unusable:
    """Raises Fault: needs_ocr where the recogniser is not installed, damaged, too_complex, no_text."""
    from pipeline.read import scan, scan_engine

    scan_engine.require()
    recognised = [scan.recognise(grey, dpi, number) for number, (grey, dpi) in enumerate(_pages(data), 1)]
    if not any(r.page.glyphs for r in recognised):
        raise Fault("no_text", "The picture holds no text that was recognised.")
    builder = Builder()
    add_pages(builder, [r.page for r in recognised])
    return builder.document(READER, notes=[r.note for r in recognised])


def _pages(data: bytes) -> Iterator[tuple[Picture, float]]:
    """The pages of a picture file, each unpacked when it is asked for. Raises Fault: damaged, too_complex."""
    from PIL import Image

    from pipeline.read import scan

    try:
        # Pillow warns of large pictures and of broken tags on its own; limits and reasons here say more.
        warnings.filterwarnings("ignore", module="PIL")
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            # The frames of a GIF or WebP are one moving picture, those of a TIFF are pages.
            frames = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
            scan.check_count(frames)
            for frame in range(frames):
                if frame:
                    image.seek(frame)
                # From the header: nothing is unpacked yet.
                scan.check_pixels(*image.size)
                yield _page(image)
    except (Fault, MemoryError):
        raise
    except Image.DecompressionBombError as error:
        raise too_complex("pixels of one page", limits.current().max_pixels) from error
    except Exception as error:  # Pillow meets hostile bytes: whatever it raises, the picture is not readable
        raise Fault("damaged", f"The picture cannot be unpacked: {str(error)[:200]}.") from error


def _page(image: Image.Image) -> tuple[Picture, float]:
    """A frame in grey on white, as its camera held it, and its dots per inch."""
    import numpy as np
    from PIL import Image, ImageOps

    image = ImageOps.exif_transpose(image)
    if image.mode in ("LA", "PA", "RGBA") or "transparency" in image.info:
        coloured = image.convert("RGBA")
        paper = Image.new("RGBA", coloured.size, "white")
        image = Image.alpha_composite(paper, coloured)
    if image.mode.startswith(("I", "F")):
        # Sixteen bits a pixel: Pillow would cut them off instead of scaling them.
        values = np.asarray(image, dtype=np.float64)
        grey = np.asarray(values * (255 / max(1.0, float(values.max()))), np.uint8)
    else:
        grey = np.asarray(image.convert("L"), np.uint8)
    dpi = _resolution(image)
    wanted = min(max(dpi, _READABLE[0]), _READABLE[1])
    if wanted != dpi:
        import cv2

        scale = wanted / dpi
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
        limit = limits.current().max_pixels
        if size[0] * size[1] > limit:
            raise too_complex("pixels of one page", limit)
        grey = np.asarray(cv2.resize(grey, size, interpolation=way), np.uint8)
    return grey, wanted


def _resolution(image: Image.Image) -> float:
    """What the file says, unless that is a default (72, 96) or makes no page; else as if it were as wide as A4."""
    said = float(image.info.get("dpi", (0, 0))[0])
    if said > 100 and 6 <= max(image.size) / said <= 18:
        return said
    return image.size[0] / _PAPER
