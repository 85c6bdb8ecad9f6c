"""An invisible document to build a layer group in, so that it reaches the picture in one piece.

It is opened from a Krita file written here and not made by `createDocument`, for two reasons. It
has its size from the start; changing it later costs Krita 80 ms. And it brings a transparency
mask to clone: before 5.2 Krita's Python cannot make one, and a mask made by `createNode` crashes
Krita when the picture is saved.
"""

import os
import tempfile
import zipfile
from dataclasses import dataclass
from typing import IO
from xml.sax.saxutils import quoteattr

from krita import Document, Krita, Node

from ..core.colours import DEPTHS
from ..core.types import ColourSpace

# An 8-bit mask without tiles: the default pixel, 0, everywhere.
_NO_TILES = b"VERSION 2\nTILEWIDTH 64\nTILEHEIGHT 64\nPIXELSIZE 1\nDATA 0\n"
_GROUP = 'nodetype="grouplayer" x="0" y="0" locked="0" opacity="255" compositeop="normal"'
_MAINDOC = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE DOC PUBLIC '-//KDE//DTD krita 2.0//EN' 'http://www.calligra.org/DTD/krita-2.0.dtd'>
<DOC xmlns="http://www.calligra.org/DTD/krita" syntaxVersion="2.0" editor="Sfumato">
 <IMAGE name="scratch" mime="application/x-kra" width="{width}" height="{height}" x-res="72"
   y-res="72" colorspacename={space} profile={profile}>
  <layers>
   <layer name="group" filename="layer1" visible="1" passthrough="1" {group}/>
   <layer name="holder" filename="layer2" visible="0" passthrough="0" {group}>
    <masks>
     <mask name="mask" nodetype="transparencymask" filename="mask1" x="0" y="0" visible="1"
       locked="0"/>
    </masks>
   </layer>
  </layers>
 </IMAGE>
</DOC>
"""


@dataclass(frozen=True)
class Scratch:
    """The open document, its empty group, and an empty transparency mask to clone.

    The group is pass-through, because Krita composes an ordinary group by itself before it meets
    the picture below, and rounding a half-transparent colour to 8 bits costs another 1/255.
    """

    document: Document
    group: Node
    mask: Node

    def close(self) -> None:
        """Close it without a question; what was cloned from it stays."""
        self.document.setModified(False)
        self.document.close()


def open_scratch(width: int, height: int, colour: ColourSpace) -> Scratch:
    """Open such a document. width, height: canvas px. Raises `RuntimeError` if Krita does not open
    it as asked for."""
    krita = Krita.instance()
    quiet = krita.batchmode()
    krita.setBatchmode(True)  # no dialogs about a file that the artist never asked for
    try:
        document = _open(krita, width, height, colour)
    finally:
        krita.setBatchmode(quiet)
    nodes = {node.name(): node for node in document.topLevelNodes()}
    (mask,) = nodes["holder"].childNodes()
    return Scratch(document, nodes["group"], mask)


def _open(krita: Krita, width: int, height: int, colour: ColourSpace) -> Document:
    handle, path = tempfile.mkstemp(prefix="sfumato-", suffix=".kra")
    try:
        with os.fdopen(handle, "wb") as file:
            _write(file, width, height, colour)
        document = krita.openDocument(path)
    finally:
        os.unlink(path)
    if document is None:
        raise RuntimeError("Krita could not open a scratch document of {}".format(colour))
    got = (document.colorModel(), document.colorDepth(), document.colorProfile())
    if got != (colour.model, colour.depth, colour.profile):
        document.close()
        raise RuntimeError("Krita opened a scratch document as {}, not {}".format(got, colour))
    return document


def _write(file: IO[bytes], width: int, height: int, colour: ColourSpace) -> None:
    maindoc = _MAINDOC.format(
        width=width,
        height=height,
        group=_GROUP,
        space=quoteattr(DEPTHS[colour.depth].file_space),
        profile=quoteattr(colour.profile),
    )
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/x-krita")
        archive.writestr("maindoc.xml", maindoc)
        archive.writestr("scratch/layers/mask1.pixelselection", _NO_TILES)
        archive.writestr("scratch/layers/mask1.pixelselection.defaultpixel", b"\0")
