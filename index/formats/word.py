"""Word documents by mammoth, which reads styles as headings and lists; headers, footers and deletions stay out."""

from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from index.errors import UnreadableFile
from index.formats.hypertext import hypertext_to_markdown
from index.formats.package import check_entities, open_package, parse_xml, unreadable
from index.parsed import Limits, Parsed

__all__ = ["convert_docx", "core_properties"]

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => p:fresh\nbr[type='page'] => br"
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
_TERMS = "{http://purl.org/dc/terms/}"


def convert_docx(data: bytes, path: Path, limits: Limits) -> Parsed:
    """The body of a Word document, its notes at the end."""
    with open_package(data, path, limits, "Word document") as package:
        check_entities(package, path)
        facts = core_properties(package, path)
    body = hypertext_to_markdown(_to_html(data, path)).replace(" ↑", "")
    return Parsed(body, _DOCX, **facts)


def _to_html(data: bytes, path: Path) -> str:
    import mammoth

    def no_picture(_: Any) -> dict[str, str]:
        return {}

    try:
        result = mammoth.convert_to_html(BytesIO(data), style_map=_STYLES, convert_image=mammoth.images.img_element(no_picture))
    except UnreadableFile:
        raise
    except Exception as error:  # a broken file makes mammoth raise anything, from BadZipFile to KeyError
        raise unreadable(path, "Word document", error) from error
    return str(result.value)


def core_properties(package: ZipFile, path: Path) -> dict[str, Any]:
    """Title, author, date and language of an Office file, as far as its part for them has them."""
    if "docProps/core.xml" not in package.namelist():
        return {}
    root = parse_xml(package.read("docProps/core.xml"), path)
    found = {
        "title": root.findtext(f"{_DUBLIN_CORE}title"),
        "author": root.findtext(f"{_DUBLIN_CORE}creator"),
        "date": (root.findtext(f"{_TERMS}modified") or root.findtext(f"{_TERMS}created") or "")[:10],
        "language": root.findtext(f"{_DUBLIN_CORE}language"),
    }
    return {name: value.strip() for name, value in found.items() if value and value.strip()}
