"""What a file is, told by its content alone. Its name and the sender's word count for nothing.

Own lines over the signatures of seven formats: a library that knows hundreds answers with the
likeliest, and what is asked here is whether a file is one of these and nothing else besides.
Office files are measured and never unpacked: what is read of them is thrown away as it is read.
"""

import io
import re
import struct
import zipfile
import zlib
from copy import copy
from dataclasses import dataclass
from xml.etree import ElementTree

from django.utils.translation import gettext as _

#: A page of A3 at 600 dots an inch has 70 million.
MOST_PIXELS = 80_000_000
#: The longest documents have some hundred parts.
MOST_ENTRIES = 2_000
LARGEST_UNPACKED = 100 * 1024 * 1024
#: Of the parts that tell of the others. A sheet with some thousand links has half of it.
LARGEST_XML = 1024 * 1024
#: Text packs to a tenth, an empty sheet to a fiftieth.
MOST_TIMES_LARGER = 100
CHUNK = 1 << 16


class Refused(Exception):
    """The file is not received. The message is written for the sender and says what to do."""


@dataclass(frozen=True)
class Kind:
    title: str
    content_type: str
    #: How a name may end; the first is given to a file whose name has no ending.
    suffixes: tuple[str, ...]


OFFICE = "application/vnd.openxmlformats-officedocument"
PDF = Kind("PDF", "application/pdf", (".pdf",))
PNG = Kind("PNG", "image/png", (".png",))
JPEG = Kind("JPEG", "image/jpeg", (".jpg", ".jpeg", ".jfif"))
DOCX = Kind("Word", f"{OFFICE}.wordprocessingml.document", (".docx",))
XLSX = Kind("Excel", f"{OFFICE}.spreadsheetml.sheet", (".xlsx",))
ODT = Kind("OpenDocument", "application/vnd.oasis.opendocument.text", (".odt",))
TEXT = Kind("text", "text/plain; charset=utf-8", (".txt",))
LATIN_TEXT = Kind("text", "text/plain; charset=windows-1252", (".txt",))
KINDS = (PDF, PNG, JPEG, DOCX, XLSX, ODT, TEXT)

#: What a browser takes for a page wherever in a file it stands.
MARKUP = re.compile(
    rb"<(?:!doctype\s+html|(?:html|head|body|script|iframe|svg)[\s/>])"
    rb"|<\?(?:php|xml-stylesheet)",
    re.IGNORECASE,
)
#: Readers of PDF look for their signature this far into a file.
PDF_WITHIN = 1024
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
#: Old Office files, and new ones that are locked with a password.
COMPOUND_FILE = bytes.fromhex("d0cf11e0a1b11ae1")


def recognise(content: bytes) -> Kind:
    """The one kind that a file is. Raises ``Refused``."""
    if content.startswith(b"%PDF-") and b"%%EOF" in content:
        kind = PDF
    elif content.startswith(b"\x89PNG\r\n\x1a\n"):
        kind = _picture(PNG, _png_size(content))
    elif content.startswith(b"\xff\xd8\xff"):
        kind = _picture(JPEG, _jpeg_size(content))
    elif content.startswith(b"PK\x03\x04"):
        kind = _document(content)
    elif content.startswith(COMPOUND_FILE):
        raise Refused(
            _(
                "The document is locked with a password or of an old kind. Open it, save it as "
                "PDF and attach that."
            )
        )
    else:
        kind = _text(content)
    if _is_also_something_else(content, kind):
        raise _two_kinds()
    return kind


def _is_also_something_else(content: bytes, kind: Kind) -> bool:
    if MARKUP.search(content):
        return True
    if kind is not PDF and b"%PDF-" in content[:PDF_WITHIN]:
        return True
    # An archive is read from its end, whatever it begins with.
    return kind not in (DOCX, XLSX, ODT) and zipfile.is_zipfile(io.BytesIO(content))


def _two_kinds() -> Refused:
    return Refused(
        _(
            "The file holds more than one kind of content, which can be harmful. Print it to a "
            "new PDF and attach that."
        )
    )


def unknown() -> Refused:
    kinds = ", ".join(f"{kind.title} ({kind.suffixes[0]})" for kind in KINDS)
    return Refused(
        _(
            "We cannot receive that kind of file. Save it as PDF and attach that. "
            "We receive %(kinds)s."
        )
        % {"kinds": kinds}
    )


def _damaged() -> Refused:
    return Refused(_("The file is damaged. Open it, save it anew and attach that."))


# --- text -------------------------------------------------------------------------------------


def _text(content: bytes) -> Kind:
    for kind, encoding in ((TEXT, "utf-8"), (LATIN_TEXT, "windows-1252")):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if CONTROL.search(text) or text.startswith("#!") or MARKUP.search(content):
            break
        return kind
    raise unknown()


# --- pictures ---------------------------------------------------------------------------------


def _picture(kind: Kind, pixels: int) -> Kind:
    """Raises ``Refused`` for what would fill the memory of whoever opens it."""
    if not pixels:
        raise _damaged()
    if pixels > MOST_PIXELS:
        raise Refused(
            _(
                "The picture has more than %(limit)s million pixels. Save it smaller and attach "
                "that."
            )
            % {"limit": MOST_PIXELS // 1_000_000}
        )
    return kind


def _png_size(content: bytes) -> int:
    if content[8:16] != b"\x00\x00\x00\x0dIHDR" or len(content) < 24:
        return 0
    width, height = struct.unpack_from(">II", content, 16)
    return width * height


def _jpeg_size(content: bytes) -> int:
    """From the frame header, which stands after some segments that each tell their length."""
    at = 2
    for _segment in range(1_000):
        if at + 9 > len(content) or content[at] != 0xFF:
            return 0
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", content, at + 5)
            return height * width
        if marker in (0xD9, 0xDA) or length < 2:  # the picture begins, or ends
            return 0
        at += 2 + length
    return 0


# --- office documents -------------------------------------------------------------------------

#: Names of parts that are programs, in any letters.
PROGRAM = re.compile(
    r"vba|activex|macrosheets/|oleobject|^basic/|^scripts/|^meta-inf/manifest\.mf$"
    r"|\.(?:(?:doc|dot|xls|xlt|ppt|pot)m|exe|dll|com|scr|bat|cmd|ps1|vbs|js|jar|class|html?|xht(?:ml)?)$"
)
#: What the list of parts calls them.
PROGRAM_TYPE = re.compile(r"macroenabled|vbaproject|activex|oleobject", re.IGNORECASE)
#: Where a part is fetched from when the document is opened; a template of one's own machine is not
#: fetched by anybody else's.
ELSEWHERE = re.compile(r"(?!file:/*[a-z]:)[a-z][a-z0-9+.-]+:|[\\/]{2}", re.IGNORECASE)
#: Office programs pack in no other way. Others take memory as the file says, not as is read of it.
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
IS_LOCKED = 0x1
MAIN_PARTS = (("word/document", DOCX), ("xl/workbook", XLSX))
UNREADABLE = (
    zipfile.BadZipFile,
    EOFError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
    zlib.error,
    ElementTree.ParseError,
    LookupError,  # written in letters that nobody knows
)


def _document(content: bytes) -> Kind:
    """Raises ``Refused`` for archives that are no documents, or more than documents."""
    # Counted before the directory is read, which makes an object of each entry.
    if content.count(b"PK\x01\x02") > MOST_ENTRIES:
        raise _too_large_unpacked()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _document_in(archive, len(content))
    except UNREADABLE:
        raise _damaged() from None


def _document_in(archive: zipfile.ZipFile, packed: int) -> Kind:
    entries = archive.infolist()
    if any(entry.flag_bits & IS_LOCKED for entry in entries):
        raise Refused(
            _("The document is locked with a password. Remove the password and attach it again.")
        )
    if any(entry.compress_type not in PACKED for entry in entries):
        raise _damaged()
    if sum(entry.file_size for entry in entries) > min(
        LARGEST_UNPACKED, MOST_TIMES_LARGER * packed
    ):
        raise _too_large_unpacked()
    for entry in entries:
        _measure(archive, entry)
    by_name = {entry.filename: entry for entry in entries}
    names = {name.lower() for name in by_name}
    # One reader takes the first of two, another the last; some tell no capitals apart.
    if len(names) < len(entries):
        raise _damaged()
    if any(PROGRAM.search(name) for name in names):
        raise _has_programs()
    if "mimetype" in by_name:
        if "[content_types].xml" in names:  # each program would read what it knows
            raise _two_kinds()
        is_text = _beginning(archive, "mimetype") == ODT.content_type.encode()
        return _or_unknown(ODT if is_text else None)
    if "[Content_Types].xml" not in by_name:
        raise unknown()
    types = _xml(archive, by_name["[Content_Types].xml"])
    if any(
        PROGRAM_TYPE.search(value) for element in types.iter() for value in element.attrib.values()
    ):
        raise _has_programs()
    for name, entry in by_name.items():
        if name.lower().endswith(".rels"):
            _look_through_links(_xml(archive, entry))
    return _or_unknown(
        next(
            (kind for start, kind in MAIN_PARTS if any(n.startswith(start) for n in by_name)), None
        )
    )


def _measure(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Raises ``Refused`` or ``BadZipFile`` for an entry of another size than the directory says.

    It is read one byte beyond that size: there, if there is more, the checksum is wrong.
    """
    said = entry.file_size
    beyond = copy(entry)
    beyond.file_size += 1
    with archive.open(beyond) as part:
        found = sum(len(chunk) for chunk in iter(lambda: part.read(CHUNK), b""))
    if found != said:
        raise _damaged()


def _look_through_links(links: ElementTree.Element) -> None:
    """Raises ``Refused`` where opening the document would fetch something, a template with a
    program in it for one, and tell somebody that it was opened. A link to click is no such thing.
    """
    for link in links.iter():
        is_fetched = not link.get("Type", "").endswith("/hyperlink")
        if is_fetched and ELSEWHERE.match(link.get("Target", "").strip()):
            raise Refused(
                _(
                    "The document fetches parts of itself from somewhere else. Save it as PDF and "
                    "attach that."
                )
            )


def _xml(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> ElementTree.Element:
    """A part as its readers read it, however its letters are written."""
    if entry.file_size > LARGEST_XML:
        raise _too_large_unpacked()
    content = archive.read(entry)
    if b"<!DOCTYPE" in content.replace(b"\0", b""):  # which may grow as it is read
        raise _damaged()
    return ElementTree.fromstring(content)  # noqa: S314 - without a document type it is inert


def _beginning(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(1 << 20)


def _or_unknown(kind: Kind | None) -> Kind:
    if kind is None:
        raise unknown()
    return kind


def _too_large_unpacked() -> Refused:
    return Refused(
        _("The document unpacks to more than it should. Save it as PDF and attach that.")
    )


def _has_programs() -> Refused:
    return Refused(
        _("The document holds programs (macros). Save it as PDF and attach that instead.")
    )
