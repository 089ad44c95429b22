"""ZIP files, read within limits: archives, and the formats that are one inside (Word, EPUB, OpenDocument, …)."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from index.errors import UnreadableFile
from index.parsed import Limits

__all__ = ["check_entities", "open_package", "parse_xml", "unreadable"]

_HEAD = 65_536
_LARGE, _MOST_GROWTH = 50_000_000, 200
"""Bytes unpacked from which it matters, and how many times the packed size; a workbook grows 10 to 50 times."""


@contextmanager
def open_package(data: bytes, path: Path, limits: Limits, kind: str) -> Iterator[ZipFile]:
    """A ZIP file whose contents are within the limits, and whose XML declares no entities.

    The sizes that the file itself states bound what is read: Python reads no member beyond its stated size.

    Raises:
        UnreadableFile: not a ZIP file, too large inside, or locked by a password.
    """
    try:
        with ZipFile(BytesIO(data)) as package:
            _check(package, path, limits, len(data))
            yield package
    except (BadZipFile, EOFError, NotImplementedError, KeyError) as error:
        raise unreadable(path, kind, error) from error
    except RuntimeError as error:
        if "password" not in str(error):
            raise
        raise UnreadableFile(f"{path}: locked by a password. Save a copy without one and add that.") from error


def _check(package: ZipFile, path: Path, limits: Limits, packed: int) -> None:
    members = package.infolist()
    if len(members) > limits.max_archive_files:
        raise UnreadableFile(
            f"{path}: {len(members):,} files inside are more than the limit of {limits.max_archive_files:,}. "
            "Unpack what you need of it, or raise CITEWELL_MAX_ARCHIVE_FILES."
        )
    unpacked = sum(member.file_size for member in members)
    if unpacked > limits.max_unpacked_bytes:
        raise UnreadableFile(
            f"{path}: {unpacked:,} bytes when unpacked are more than the limit of {limits.max_unpacked_bytes:,}. "
            "Unpack what you need of it, or raise CITEWELL_MAX_UNPACKED_BYTES."
        )
    if unpacked > _LARGE and unpacked > _MOST_GROWTH * packed:
        raise UnreadableFile(f"{path}: it grows from {packed:,} to {unpacked:,} bytes when unpacked, as attacks do. It is not read.")


def check_entities(package: ZipFile, path: Path) -> None:
    """Refuse XML parts that declare entities, which no program writes and which grow without bound.

    Raises:
        UnreadableFile: a part declares one.
    """
    for member in package.infolist():
        if member.filename.endswith((".xml", ".rels")):
            with package.open(member) as part:
                head = part.read(_HEAD)
            if b"<!ENTITY" in head:
                raise UnreadableFile(f"{path}: its part {member.filename} declares XML entities, as attacks do. It is not read.")


def parse_xml(data: bytes, path: Path) -> Any:
    """The root element of an XML text; entities that it declares are refused.

    Raises:
        UnreadableFile: not well formed, or entities are declared.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        return fromstring(data)
    except DefusedXmlException as error:
        raise UnreadableFile(f"{path}: it declares XML entities, as attacks do. Remove its DOCTYPE and add it again.") from error
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise UnreadableFile(f"{path}: not well-formed XML ({error}). Open it in an editor that shows the place, and mend it.") from error


def unreadable(path: Path, kind: str, error: Exception) -> UnreadableFile:
    """What to say of a file that its library cannot read."""
    return UnreadableFile(f"{path}: not a readable {kind} ({error}). Open it in the program it comes from and save it again, unlocked.")
