"""ZIP packages (DOCX, OFD) and the XML in them, read as if they were hostile.

A part is unpacked only up to a limit, whatever the directory says of its size; XML has no entities, no external
references and bounded nesting (libxml2's own limits: 256 levels, 10 MB of text in one node).
"""

from __future__ import annotations

import io
import zipfile
import zlib
from functools import cached_property
from typing import TYPE_CHECKING

from pipeline import limits
from pipeline.read.fault import Fault, too_complex

if TYPE_CHECKING:
    from lxml.etree import _Element

MAGIC = b"PK\x03\x04"
_BLOCK = 1 << 20

try:
    from lzma import LZMAError
except ImportError:  # a Python built without it; zipfile then says that the method is not supported
    LZMAError = EOFError  # type: ignore[misc,assignment]
UNPACKING = (zipfile.BadZipFile, zlib.error, LZMAError, EOFError, ValueError, RuntimeError)
"""What `zipfile` raises for a damaged part, beside OSError: what each way of packing notices, names that are no UTF-8,
places outside the file, ways of packing that it does not know (NotImplementedError, a RuntimeError)."""


class Package:
    """A ZIP package in memory. Raises Fault: damaged, encrypted, too_complex."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as e:
            raise Fault("damaged", f"The package cannot be opened: {e}.") from None
        self._unpacked = 0
        if len(self._zip.infolist()) > limits.current().max_members:
            raise too_complex("parts in the package", limits.current().max_members)

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(self._zip.namelist())

    def read(self, name: str) -> bytes:
        """A part unpacked. The limits count what all parts of the package unpack to."""
        limit = limits.current()
        try:
            info = self._zip.getinfo(name)
        except KeyError:
            raise Fault("damaged", f"The package has no part {name}.") from None
        if info.flag_bits & 0x1:
            raise Fault("encrypted", f"The part {name} is protected by a password.")
        room = min(limit.max_unpacked - self._unpacked, _BLOCK + limit.max_ratio * info.compress_size)
        out = bytearray()
        try:
            with self._zip.open(info) as part:
                while block := part.read(_BLOCK):
                    out += block
                    if len(out) > room:
                        raise too_complex("bytes unpacked", room)
        except (*UNPACKING, OSError) as e:
            raise Fault("damaged", f"The part {name} cannot be unpacked: {e}.") from None
        self._unpacked += len(out)
        return bytes(out)

    def xml(self, name: str) -> _Element:
        """A part parsed as XML."""
        return parse_xml(self.read(name), name)


def parse_xml(data: bytes, name: str) -> _Element:
    """XML parsed without entities, DTDs and network. Raises Fault(damaged)."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as e:
        raise Fault("damaged", f"The part {name} is no valid XML: {str(e)[:200]}.") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Fault("damaged", f"The part {name} declares a document type, which no such file needs.")
    return root
