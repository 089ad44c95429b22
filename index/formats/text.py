"""Plain text and Markdown."""

from pathlib import Path

from index.decode import decode_text
from index.formats.boilerplate import without_licence
from index.markdown import strip_front_matter, without_inline_markup
from index.parsed import Limits, Parsed

__all__ = ["convert_markdown", "convert_text"]


def convert_text(data: bytes, path: Path, limits: Limits) -> Parsed:
    """Text of any encoding, as it is."""
    text, warnings = decode_text(data, path)
    text, licence = without_licence(text)
    return Parsed(text, "text/plain", "plain", warnings=(*warnings, *licence))


def convert_markdown(data: bytes, path: Path, limits: Limits) -> Parsed:
    """Markdown without inline markup; front matter gives title, author, date and language."""
    text, warnings = decode_text(data, path)
    body, front = strip_front_matter(text)
    return Parsed(
        without_inline_markup(body),
        title=front.pop("title", ""),
        author=front.pop("author", ""),
        date=front.pop("date", ""),
        language=front.pop("language", ""),
        metadata=front,
        warnings=warnings,
    )
