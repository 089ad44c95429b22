"""EPUB books: the chapters in the order of the spine, read as web pages; title, author, date and language of the package."""

from collections.abc import Iterator
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile

from index.decode import decode_page
from index.errors import UnreadableFile
from index.formats.boilerplate import without_licence
from index.formats.hypertext import hypertext_to_markdown
from index.formats.package import open_package, parse_xml
from index.parsed import Limits, Parsed

__all__ = ["convert_epub"]

_CONTAINER = "{urn:oasis:names:tc:opendocument:xmlns:container}"
_OPF = "{http://www.idpf.org/2007/opf}"
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
_PAGES = ("application/xhtml+xml", "text/html")


def convert_epub(data: bytes, path: Path, limits: Limits) -> Parsed:
    """The text of a book that is not locked."""
    with open_package(data, path, limits, "EPUB book") as package:
        folder, root = _package_file(package, path)
        chapters, missing = _chapters(package, path, folder, root)
    text, licence = without_licence("\n\n".join(chapter for chapter in chapters if chapter))
    lost = (f"missing in the book: {', '.join(missing)}",) if missing else ()
    facts = {
        name: found.strip()
        for name, tag in (("title", "title"), ("author", "creator"), ("date", "date"), ("language", "language"))
        if (found := root.findtext(f".//{_DUBLIN_CORE}{tag}") or "").strip()
    }
    return Parsed(text, "application/epub+zip", warnings=(*licence, *lost), **facts)  # type: ignore[arg-type]


def _package_file(package: ZipFile, path: Path) -> tuple[str, Any]:
    """The folder and root of the package file, which lists the parts of the book."""
    container = parse_xml(package.read("META-INF/container.xml"), path)
    entry = container.find(f".//{_CONTAINER}rootfile")
    if entry is None:
        raise UnreadableFile(f"{path}: not a readable EPUB book (it names no package file). Convert it to EPUB again.")
    name = entry.get("full-path", "")
    return dirname(name), parse_xml(package.read(name), path)


def _chapters(package: ZipFile, path: Path, folder: str, root: Any) -> tuple[list[str], list[str]]:
    """The Markdown of each chapter, and the names of those that are not there."""
    names = set(package.namelist())
    locked = _locked_parts(package, path)
    chapters, missing = [], []
    for name in _spine(folder, root):
        if name in locked:
            raise UnreadableFile(f"{path}: locked by its seller (DRM). Add a copy without the lock.")
        if name not in names:
            missing.append(name)
            continue
        text, _ = decode_page(package.read(name), path)
        chapters.append(hypertext_to_markdown(text))
    return chapters, missing


def _spine(folder: str, root: Any) -> Iterator[str]:
    items = {item.get("id"): item for item in root.iter(f"{_OPF}item")}
    for reference in root.iter(f"{_OPF}itemref"):
        item = items.get(reference.get("idref"))
        if item is not None and item.get("media-type") in _PAGES and "nav" not in (item.get("properties") or "").split():
            yield normpath(join(folder, unquote(item.get("href", "").partition("#")[0])))


def _locked_parts(package: ZipFile, path: Path) -> set[str]:
    if "META-INF/encryption.xml" not in package.namelist():
        return set()
    root = parse_xml(package.read("META-INF/encryption.xml"), path)
    return {element.get("URI", "") for element in root.iter() if element.tag.endswith("}CipherReference")}
