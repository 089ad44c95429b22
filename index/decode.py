"""Bytes become text: UTF-8, what a page declares, or a guess that is named in a warning."""

import re
from pathlib import Path

from index.errors import UnreadableFile

__all__ = ["decode_page", "decode_text"]

_DECLARED_CHARSET = re.compile(rb"<meta[^>]{0,200}charset=[\"']?([\w-]{2,40})", re.IGNORECASE)


def decode_text(data: bytes, path: Path) -> tuple[str, tuple[str, ...]]:
    r"""Text of any encoding with `\\n` line ends; a guess is named in a warning."""
    warnings: tuple[str, ...] = ()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text, encoding = _guess(data, path)
        warnings = (f"read as {encoding}: not UTF-8",)
    if "\x00" in text:
        raise UnreadableFile(f"{path}: binary data, not text. Give the file the ending of what it is.")
    return text.replace("\r\n", "\n").replace("\r", "\n"), warnings


def decode_page(data: bytes, path: Path) -> tuple[str, tuple[str, ...]]:
    """A page's text in the encoding that it declares, or else as any text."""
    declared = _DECLARED_CHARSET.search(data[:4096])
    try:
        return data.decode(declared[1].decode() if declared else "utf-8-sig").replace("\r\n", "\n"), ()
    except (UnicodeDecodeError, LookupError):
        return decode_text(data, path)


def _guess(data: bytes, path: Path) -> tuple[str, str]:
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    if best is None:
        raise UnreadableFile(f"{path}: not a text file, or of an encoding that cannot be guessed. Save it as UTF-8.")
    return str(best), best.encoding
