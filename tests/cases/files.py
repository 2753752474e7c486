"""Files as people send them, and as nobody should."""

import io
import struct
import zipfile
import zlib

from openpyxl import Workbook

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
TYPES = ("[Content_Types].xml", "<Types/>")
WORD = ("word/document.xml", "<w:document><w:body>Hej</w:body></w:document>")
ODT_TYPE = ("mimetype", "application/vnd.oasis.opendocument.text")


def archive(*parts, packed=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", packed) as file:
        for name, content in parts:
            file.writestr(name, content)
    return buffer.getvalue()


def docx(*parts):
    return archive(TYPES, WORD, *parts)


def linked(kind, target, *, mode="External"):
    """A document with a link of a kind."""
    schema = "http://schemas.openxmlformats.org"
    link = (
        f'<Relationships xmlns="{schema}/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{schema}/officeDocument/2006/relationships/{kind}"'
        f' Target="{target}" TargetMode="{mode}"/></Relationships>'
    )
    return docx(("word/_rels/settings.xml.rels", link))


def damaged(packed):
    """A document whose text is packed in a way, and then spoilt."""
    whole = archive(TYPES, ("word/document.xml", "<w:document/>" * 50), packed=packed)
    at = whole.rindex(b"word/document.xml", 0, whole.index(b"PK\x01\x02")) + 17
    return whole[: at + 12] + b"\xff" * 8 + whole[at + 20 :]


def odt(*parts):
    return archive(ODT_TYPE, ("content.xml", "<office:text>Hej</office:text>"), *parts)


def xlsx():
    buffer = io.BytesIO()
    book = Workbook()
    book.active["A1"] = "Hej"
    book.save(buffer)
    return buffer.getvalue()


def png(width=2, height=2):
    def chunk(kind, data):
        checksum = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0\0\0" * 2)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def jpeg(width=2, height=2):
    """Only as much as tells its size."""
    comment = b"\xff\xfe" + struct.pack(">H", 7) + b"Hejsa"
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\1\x11\0"
    return b"\xff\xd8" + comment + frame + b"\xff\xda\0\x02\0\xff\xd9"


def lying_docx(said=1_000, true=5_000_000):
    """The directory and the checksum tell of a short part; a reader who trusts neither gets all."""
    content = b"0" * true
    packed = docx(("word/media.xml", content))
    for truth, lie in (
        (struct.pack("<I", true), struct.pack("<I", said)),
        (struct.pack("<I", zlib.crc32(content)), struct.pack("<I", zlib.crc32(content[:said]))),
    ):
        assert packed.count(truth) == 2
        packed = packed.replace(truth, lie)
    return packed
