"""What a file is by its content, whatever its ending says."""

from io import BytesIO
from zipfile import BadZipFile, ZipFile

__all__ = ["foreign_kind", "real_ending"]

_IN_ZIP = (
    ("word/document.xml", ".docx"),
    ("ppt/presentation.xml", ".pptx"),
    ("xl/workbook.xml", ".xlsx"),
    ("META-INF/container.xml", ".epub"),
)
_MIME_TYPES = {
    b"application/epub+zip": ".epub",
    b"application/vnd.oasis.opendocument.text": ".odt",
    b"application/vnd.oasis.opendocument.text-template": ".odt",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_KINDS = (
    ("EncryptedPackage", "an Office file that is locked by a password"),
    ("WordDocument", "a Word file of before 2007 (.doc)"),
    ("PowerPoint Document", "a PowerPoint file of before 2007 (.ppt)"),
    ("Workbook", "an Excel file of before 2007 (.xls)"),
)
_FOREIGN = (
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"ID3", "an MP3 recording"),
    (b"OggS", "an Ogg recording"),
    (b"fLaC", "a FLAC recording"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh9", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"PAR1", "a Parquet table"),
)
_HEAD = 4096


def real_ending(data: bytes) -> str:
    """The ending that fits the content, or "" where it does not show; `.zip` for an archive of other files."""
    head = data[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"%PDF-" in data[:1024]:
        return ".pdf"
    if head.startswith(b"{\\rtf"):
        return ".rtf"
    if head[:14].lower() == b"<!doctype html" or head[:5].lower() == b"<html":
        return ".html"
    if data.startswith(_OLE) and _utf16("__properties_version1.0") in data:
        return ".msg"
    return _ending_in_zip(data) if data.startswith(b"PK\x03\x04") else ""


def _ending_in_zip(data: bytes) -> str:
    try:
        with ZipFile(BytesIO(data)) as package:
            names = set(package.namelist())
            if "mimetype" in names and (ending := _MIME_TYPES.get(package.read("mimetype")[:100].strip())):
                return ending
    except (BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError, OSError):
        return ""  # damaged: the converter says so with the format's name
    return next((ending for name, ending in _IN_ZIP if name in names), ".zip")


def foreign_kind(data: bytes) -> str:
    """What a file is that holds no text to read, in words, or ""."""
    if data.startswith(_OLE):
        return next((kind for name, kind in _OLE_KINDS if _utf16(name) in data), "")
    if data[4:8] == b"ftyp":
        return "a video or picture (MP4, HEIC)"
    if data.startswith(b"RIFF") and data[8:12] in (b"WEBP", b"WAVE", b"AVI "):
        return "a picture, recording or video (RIFF)"
    return next((kind for sign, kind in _FOREIGN if data.startswith(sign)), "")


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-le")
