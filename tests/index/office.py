"""Small files of the formats that are packages inside: slides, workbooks, books, OpenDocument, Outlook messages."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from struct import pack
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from openpyxl import Workbook
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

_SECTOR = 512
_SMALL = 4096
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def make_zip(members: Mapping[str, str | bytes], *, packed: bool = False) -> bytes:
    """A ZIP file of these members, packed or as they are."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED if packed else ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def make_pptx() -> bytes:
    """Three slides: bullets with notes, a table, a chart."""
    deck = Presentation()
    first = deck.slides.add_slide(deck.slide_layouts[1])
    first.shapes.title.text = "Locks of the north"
    first.placeholders[1].text = "They lift barges\nThey are old"
    first.placeholders[1].text_frame.paragraphs[1].level = 1
    first.notes_slide.notes_text_frame.text = "Say that the lower lock is closed."
    second = deck.slides.add_slide(deck.slide_layouts[5])
    second.shapes.title.text = "Lifts"
    table = second.shapes.add_table(2, 2, Inches(1), Inches(2), Inches(4), Inches(1)).table
    for position, text in enumerate(("Lock", "Lift", "Upper", "9 m")):
        table.cell(position // 2, position % 2).text = text
    third = deck.slides.add_slide(deck.slide_layouts[6])
    data = CategoryChartData()
    data.categories = ["2023", "2024"]
    data.add_series("Barges", (310, 325.5))
    third.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(1), Inches(1), Inches(4), Inches(3), data)
    deck.core_properties.author = "Ana Sousa"
    out = BytesIO()
    deck.save(out)
    return out.getvalue()


def make_xlsx(sheets: Mapping[str, Sequence[Sequence[object]]], *, hidden: Sequence[str] = ()) -> bytes:
    """A workbook of these sheets, each a list of rows."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.sheet_state = "hidden" if name in hidden else "visible"
        for row in rows:
            sheet.append(list(row))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def make_epub(chapters: Sequence[str], *, extra: Mapping[str, str] | None = None) -> bytes:
    """A book of these chapters, each the inside of a body."""
    creator = "<dc:creator>Ana Sousa</dc:creator><dc:language>en</dc:language>"
    items = "".join(f'<item id="c{n}" href="c{n}.xhtml" media-type="application/xhtml+xml"/>' for n in range(len(chapters)))
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Locks</dc:title>'
        f"{creator}</metadata><manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
    )
    pages = {f"OEBPS/c{n}.xhtml": f"<html><body>{chapter}</body></html>" for n, chapter in enumerate(chapters)}
    return make_zip(
        {"mimetype": "application/epub+zip", "META-INF/container.xml": container, "OEBPS/book.opf": package, **pages, **(extra or {})}
    )


def make_odt(body: str) -> bytes:
    """An OpenDocument text with this XML inside its body."""
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text", "table", "meta"))
    content = f"<office:document-content {spaces}><office:body><office:text>{body}</office:text></office:body></office:document-content>"
    meta = (
        f'<office:document-meta {spaces} xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta><dc:title>Locks</dc:title>'
        "<dc:creator>Ana Sousa</dc:creator><dc:date>2024-05-01T10:00:00</dc:date></office:meta></office:document-meta>"
    )
    mime = "application/vnd.oasis.opendocument.text"
    return make_zip({"mimetype": mime, "META-INF/manifest.xml": "<manifest/>", "content.xml": content, "meta.xml": meta})


def make_msg(texts: Mapping[int, str], *, html: bytes = b"", sent: int = 0, attachment: str = "") -> bytes:
    """An Outlook message: an OLE container of properties of text by number; `sent` in ticks of 100 ns since 1601."""
    streams = {f"__substg1.0_{number:04X}001F": text.encode("utf-16-le") for number, text in texts.items()}
    streams["__properties_version1.0"] = bytes(32) + (pack("<HHIQ", 0x40, 0x39, 6, sent) if sent else b"")
    if html:
        streams["__substg1.0_10130102"] = html.ljust(_SMALL)
    inner = {"__substg1.0_3707001F": attachment.encode("utf-16-le"), "__substg1.0_37010102": b"12345"} if attachment else {}
    return _ole(streams, {"__attach_version1.0_#00000000": inner} if inner else {})


def _ole(streams: Mapping[str, bytes], folders: Mapping[str, Mapping[str, bytes]]) -> bytes:
    """A compound file without small streams, which would lie elsewhere; the entries of a folder hang on each other's right."""
    entries: list[list[object]] = [["Root Entry", 5, b"", _FREE]]
    for name, data in streams.items():
        entries.append([name, 2, data, _FREE])
    roots = [*range(1, len(entries))]
    for name, inside in folders.items():
        roots.append(len(entries))
        entries.append([name, 1, b"", len(entries) + 1])
        inner = list(range(len(entries), len(entries) + len(inside)))
        entries.extend([key, 2, data, _FREE] for key, data in inside.items())
        _chain(entries, inner)
    entries[0][3] = roots[0]
    _chain(entries, roots)
    return _sectors(entries)


def _chain(entries: list[list[object]], numbers: Sequence[int]) -> None:
    for number, following in zip(numbers, [*numbers[1:], _FREE], strict=True):
        entries[number].append(following)


def _sectors(entries: list[list[object]]) -> bytes:
    fat: list[int] = []
    body = b""
    directory = b""
    for name, kind, data, child, *right in entries:
        data = data.ljust(_SMALL, b"\0") if kind == 2 else data
        start = len(fat) if data else _END
        count = -(-len(data) // _SECTOR)
        fat.extend([*range(len(fat) + 1, len(fat) + count), _END][: count or 0])
        body += data.ljust(count * _SECTOR, b"\0")
        title = name.encode("utf-16-le")
        links = pack("<BBIII", kind, 1, _FREE, right[0] if right else _FREE, child)
        directory += title.ljust(64, b"\0") + pack("<H", len(title) + 2) + links + bytes(36) + pack("<IQ", start, len(data))
    directory = directory.ljust(-(-len(directory) // _SECTOR) * _SECTOR, b"\0")
    begin = len(fat)
    count = len(directory) // _SECTOR
    fat.extend([*range(begin + 1, begin + count), _END])
    place = len(fat)
    fat.append(_FAT)
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += pack("<IIIIIIIIII", 0, 1, begin, 0, _SMALL, _END, 0, _END, 0, place) + pack("<I", _FREE) * 108
    return header + body + directory + b"".join(pack("<I", entry) for entry in fat).ljust(_SECTOR, b"\xff")
