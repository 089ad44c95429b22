"""A file becomes a `Document`: one small converter per format, and a table of them.

A converter takes the file's bytes, its path and the limits, and returns what it `Parsed`. To add a
format, write one function and add one line to `CONVERTERS`.
"""

import re
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from index.clean import find_byline, find_removed
from index.discover import read_bytes
from index.errors import UnreadableFile
from index.formats.book import convert_epub
from index.formats.feed import convert_xml
from index.formats.kind import foreign_kind, real_ending
from index.formats.mail import convert_eml
from index.formats.markup import convert_rst, convert_rtf
from index.formats.notebook import convert_ipynb
from index.formats.opendocument import convert_odt
from index.formats.outlook import convert_msg
from index.formats.sheets import convert_csv, convert_xlsx
from index.formats.slides import convert_pptx
from index.formats.structured import convert_json, convert_json_lines
from index.formats.text import convert_markdown, convert_text
from index.formats.web import convert_html
from index.formats.word import convert_docx
from index.parsed import Converter, Limits, Parsed
from index.pdf import convert_pdf
from index.records import Document, Section
from index.structure import Block, parse_blocks

__all__ = ["CONVERTERS", "Limits", "Parsed", "document_from", "document_id", "read_document", "read_parts"]

_SURROGATE = re.compile("[\ud800-\udfff]")


def read_document(
    path: Path, *, source: str | None = None, max_bytes: int, limits: Limits | None = None
) -> tuple[Document, tuple[str, ...]]:
    """The document in a file, and warnings about it in words.

    Raises:
        UnreadableFile: the file is empty, too large, broken, locked, of an unknown kind, or has no text.
    """
    return read_parts(read_bytes(path, max_bytes), path, source=source or str(path), limits=limits or Limits())


def read_parts(data: bytes, path: Path, *, source: str, limits: Limits) -> tuple[Document, tuple[str, ...]]:
    """The document in the bytes of a file; `path` names it in messages, and by its ending its format.

    Raises:
        UnreadableFile: as `read_document`.
    """
    if not data.strip():
        raise UnreadableFile(f"{path}: the file is empty.")
    convert, said = _converter(data, path)
    try:
        parsed = _without_surrogates(convert(data, path, limits))
    except UnreadableFile:
        raise
    except Exception as error:  # a file made to break its library must not take the other files with it
        what = "nested too deeply" if isinstance(error, RecursionError) else f"{type(error).__name__}: {error}"
        raise UnreadableFile(
            f"{path}: could not be converted ({what}). Save it again in the program it comes from, or as plain text."
        ) from error
    if not parsed.text.strip():
        raise UnreadableFile(f"{path}: no text was found in it. If it is a scan, run it through OCR first.")
    document = document_from(parsed, source=source, name=path.stem, digest=sha256(data).hexdigest())
    return document, (*said, *parsed.warnings)


def _converter(data: bytes, path: Path) -> tuple[Converter, tuple[str, ...]]:
    """The converter for what the file is, and a warning where that is not what its ending says."""
    ending, real = path.suffix.lower(), real_ending(data)
    convert = CONVERTERS.get(ending)
    if not real and (kind := foreign_kind(data)):
        raise UnreadableFile(f"{path}: binary data, not text: it is {kind}. {_advice(kind)}")
    if real == ".zip":
        raise UnreadableFile(f"{path}: an archive of other files, not a document. Give it the ending .zip, or unpack it and add its files.")
    if real in CONVERTERS and CONVERTERS[real] is not convert and not (real == ".html" and ending in _MAY_BEGIN_LIKE_A_PAGE):
        return CONVERTERS[real], (f"read as {real}, which is what it holds, whatever its ending",)
    if convert is None:
        known = ", ".join(sorted(CONVERTERS))
        raise UnreadableFile(f"{path}: files of the kind '{path.suffix or 'without ending'}' cannot be read. Known: {known}.")
    return convert, ()


def _advice(kind: str) -> str:
    if "Office" in kind or "of before" in kind:
        return "Open it in the program it comes from and save it in today's format, without a password."
    if "image" in kind or "picture" in kind:
        return "If it shows text, run it through OCR and add the result."
    return "Unpack it and add its files." if "archive" in kind else "Add what it says as a text file."


def _without_surrogates(parsed: Parsed) -> Parsed:
    """Half characters, which a damaged font table of a PDF yields and no database stores, replaced by U+FFFD."""
    count = len(_SURROGATE.findall(parsed.text))
    warnings = (*parsed.warnings, f"{count} characters could not be read") if count else parsed.warnings
    return replace(
        parsed,
        text=_SURROGATE.sub("\ufffd", parsed.text),
        title=_SURROGATE.sub("\ufffd", parsed.title),
        author=_SURROGATE.sub("\ufffd", parsed.author),
        metadata={name: _SURROGATE.sub("\ufffd", value) for name, value in parsed.metadata.items()},
        warnings=warnings,
    )


def document_id(source: str) -> str:
    """The id of the document from this source: the same as long as the source is."""
    return sha256(source.encode()).hexdigest()[:16]


def document_from(parsed: Parsed, *, source: str, name: str, digest: str) -> Document:
    """The document of what a converter found, with its sections and what is not content; `name` is the title for want of a better."""
    blocks = parse_blocks(parsed.text, markdown=parsed.markup == "markdown")
    removed, kept = find_removed(parsed.text, blocks)
    title = parsed.title or _first_heading(parsed.text, kept) or name.replace("_", " ").replace("-", " ")
    return Document(
        id=document_id(source),
        title=" ".join(title.split()),
        source=source,
        media_type=parsed.media_type,
        markup=parsed.markup,
        sha256=digest,
        text=parsed.text,
        author=parsed.author,
        date=parsed.date,
        language=parsed.language,
        pages=parsed.pages,
        sections=_sections(parsed.text, kept, title),
        removed=tuple(removed),
        byline=find_byline(parsed.text, kept),
        metadata=parsed.metadata,
    )


def _first_heading(text: str, blocks: list[Block]) -> str:
    """The heading at the very top, or the first line if it is short and stands alone."""
    if not blocks:
        return ""
    first = blocks[0]
    line = text[first.content : first.end]
    if first.kind == "heading":
        return line
    return line if first.kind == "paragraph" and first.lines == 1 and len(line) <= 120 and not line.endswith(".") else ""


def _sections(text: str, blocks: list[Block], title: str) -> tuple[Section, ...]:
    """The spans under each heading, with the path of headings; the title itself is not in the path."""
    headings = [block for block in blocks if block.kind == "heading"]
    path: list[tuple[int, str]] = []
    sections = []
    for position, block in enumerate(headings):
        name = " ".join(text[block.content : block.end].split())
        path = [(level, parent) for level, parent in path if level < block.level]
        path.append((block.level, name))
        names = tuple(parent for _, parent in path if parent != " ".join(title.split()))
        end = headings[position + 1].start if position + 1 < len(headings) else len(text)
        sections.append(Section(start=block.start, end=end, heading_path=names))
    return tuple(sections)


CONVERTERS: dict[str, Converter] = {
    ".txt": convert_text,
    ".text": convert_text,
    ".log": convert_text,
    ".md": convert_markdown,
    ".markdown": convert_markdown,
    ".rst": convert_rst,
    ".rtf": convert_rtf,
    ".html": convert_html,
    ".htm": convert_html,
    ".xhtml": convert_html,
    ".xml": convert_xml,
    ".rss": convert_xml,
    ".atom": convert_xml,
    ".pdf": convert_pdf,
    ".docx": convert_docx,
    ".odt": convert_odt,
    ".pptx": convert_pptx,
    ".xlsx": convert_xlsx,
    ".xlsm": convert_xlsx,
    ".csv": convert_csv,
    ".tsv": convert_csv,
    ".epub": convert_epub,
    ".eml": convert_eml,
    ".msg": convert_msg,
    ".ipynb": convert_ipynb,
    ".json": convert_json,
    ".jsonl": convert_json_lines,
    ".ndjson": convert_json_lines,
}
"""File ending → converter."""

_MAY_BEGIN_LIKE_A_PAGE = frozenset({".md", ".markdown", ".xhtml", ".xml", ".eml"})
