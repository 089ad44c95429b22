"""A file becomes a `Document`: one small converter per format, and a table of them.

A converter takes the file's bytes and its path and returns what it `Parsed`. To add a format,
write one function and add one line to `CONVERTERS`.
"""

import mimetypes
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from index.clean import find_byline, find_removed
from index.errors import UnreadableFile
from index.markdown import strip_front_matter, without_inline_markup
from index.pdf import convert_pdf
from index.records import Document, Page, Section
from index.structure import Block, parse_blocks

__all__ = ["CONVERTERS", "Parsed", "document_id", "read_document"]


@dataclass
class Parsed:
    """What a converter found: the text in one of the two forms that `index.structure` reads."""

    text: str
    media_type: str = "text/markdown"
    title: str = ""
    author: str = ""
    date: str = ""
    language: str = ""
    pages: tuple[Page, ...] = ()
    metadata: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def read_document(path: Path, *, source: str | None = None, max_bytes: int) -> tuple[Document, tuple[str, ...]]:
    """The document in a file, and warnings about it in words.

    Raises:
        UnreadableFile: the file is empty, too large, broken, locked, of an unknown kind, or has no text.
    """
    data = _read_bytes(path, max_bytes)
    convert = CONVERTERS.get(path.suffix.lower())
    if convert is None:
        known = ", ".join(sorted(CONVERTERS))
        raise UnreadableFile(f"{path}: files of the kind '{path.suffix or 'without ending'}' cannot be read. Known: {known}.")
    parsed = convert(data, path)
    if not parsed.text.strip():
        raise UnreadableFile(f"{path}: no text was found in it. If it is a scan, run it through OCR first.")
    return _document(parsed, source or str(path), path, sha256(data).hexdigest()), parsed.warnings


def document_id(source: str) -> str:
    """The id of the document from this source: the same as long as the source is."""
    return sha256(source.encode()).hexdigest()[:16]


def _read_bytes(path: Path, max_bytes: int) -> bytes:
    try:
        size = path.stat().st_size
        if size > max_bytes:
            raise UnreadableFile(
                f"{path}: {size:,} bytes is more than the limit of {max_bytes:,}. Split it, or raise CITEWELL_MAX_FILE_BYTES."
            )
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"{path}: cannot be read ({error.strerror or error}). Check that it exists and is yours to read.") from error
    if not data.strip():
        raise UnreadableFile(f"{path}: the file is empty.")
    return data


def _document(parsed: Parsed, source: str, path: Path, digest: str) -> Document:
    markdown = parsed.media_type != "text/plain"
    blocks = parse_blocks(parsed.text, markdown=markdown)
    removed, kept = find_removed(parsed.text, blocks)
    title = parsed.title or _first_heading(parsed.text, kept) or path.stem.replace("_", " ").replace("-", " ")
    return Document(
        id=document_id(source),
        title=" ".join(title.split()),
        source=source,
        media_type=parsed.media_type,
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


def _decode(data: bytes, path: Path) -> tuple[str, tuple[str, ...]]:
    """Text of any encoding with `\\n` line ends; a guess is named in a warning."""
    try:
        text, warnings = data.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        best = from_bytes(data).best()
        if best is None:
            raise UnreadableFile(f"{path}: not a text file, or of an encoding that cannot be guessed. Save it as UTF-8.") from None
        text, warnings = str(best), (f"read as {best.encoding}: not UTF-8",)
    if "\x00" in text:
        raise UnreadableFile(f"{path}: binary data, not text. Give the file the ending of what it is.")
    return text.replace("\r\n", "\n").replace("\r", "\n"), warnings


def _convert_text(data: bytes, path: Path) -> Parsed:
    text, warnings = _decode(data, path)
    return Parsed(text, "text/plain", warnings=warnings)


def _convert_markdown(data: bytes, path: Path) -> Parsed:
    text, warnings = _decode(data, path)
    body, front = strip_front_matter(text)
    known = {name: front.pop(name, "") for name in ("title", "author", "date", "language")}
    return Parsed(without_inline_markup(body), "text/markdown", **known, metadata=front, warnings=warnings)


def _convert_html(data: bytes, path: Path) -> Parsed:
    import trafilatura

    text, warnings = _decode(data, path)
    body = trafilatura.extract(text, output_format="markdown", include_tables=True, include_comments=False, favor_recall=True)
    if not body:
        raise UnreadableFile(f"{path}: no article text was found in the page.")
    found = trafilatura.extract_metadata(text)
    return Parsed(
        without_inline_markup(body),
        "text/html",
        title=(found.title if found else "") or "",
        author=(found.author if found else "") or "",
        date=(found.date if found else "") or "",
        language=(found.language if found else "") or "",
        warnings=warnings,
    )


def _convert_docx(data: bytes, path: Path) -> Parsed:
    from io import BytesIO

    from markitdown import MarkItDown, MarkItDownException, StreamInfo

    try:
        result = MarkItDown(enable_plugins=False).convert_stream(BytesIO(data), stream_info=StreamInfo(extension=".docx"))
    except MarkItDownException as error:
        raise UnreadableFile(f"{path}: not a readable Word document. Open it in a word processor and save it as .docx again.") from error
    return Parsed(without_inline_markup(result.markdown), mimetypes.types_map.get(".docx", "application/msword"), title=result.title or "")


def _convert_pdf(data: bytes, path: Path) -> Parsed:
    text, pages, metadata, warnings = convert_pdf(data, path)
    known = {name: metadata.pop(name, "") for name in ("title", "author", "date")}
    return Parsed(text, "text/plain", **known, pages=pages, metadata=metadata, warnings=warnings)


CONVERTERS: dict[str, Callable[[bytes, Path], Parsed]] = {
    ".txt": _convert_text,
    ".text": _convert_text,
    ".md": _convert_markdown,
    ".markdown": _convert_markdown,
    ".html": _convert_html,
    ".htm": _convert_html,
    ".docx": _convert_docx,
    ".pdf": _convert_pdf,
}
"""File ending → converter."""
