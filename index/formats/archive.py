"""ZIP archives: each member is a document of its own. Nothing is unpacked to the disk."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError

from index.errors import UnreadableFile
from index.formats.package import open_package
from index.parsed import Limits

__all__ = ["ARCHIVES", "IN_ARCHIVE", "Member", "archive_members", "read_member"]

ARCHIVES = frozenset({".zip"})
"""File endings that hold documents instead of being one."""
IN_ARCHIVE = "!/"
"""Between the path of an archive and that of a file inside it."""

_ENCRYPTED = 0x1


@dataclass(frozen=True)
class Member:
    """One file of an archive: its source `archive.zip!/path`, and its bytes, or why there are none; its place among all, from 0."""

    source: str
    data: bytes = b""
    problem: str = ""
    position: int = 0
    of: int = 1


def archive_members(data: bytes, path: Path, source: str, *, max_bytes: int, limits: Limits) -> Iterator[Member]:
    """The files of an archive in name order, hidden ones left alone; one at a time is in memory.

    Raises:
        UnreadableFile: not an archive, too large inside, or without files.
    """
    with open_package(data, path, limits, "ZIP archive") as package:
        members = sorted((m for m in package.infolist() if not m.is_dir() and not _is_hidden(m.filename)), key=lambda m: m.filename)
        if not members:
            raise UnreadableFile(f"{path}: an archive without files.")
        for position, member in enumerate(members):
            yield replace(_read(package, member, source, max_bytes), position=position, of=len(members))


def read_member(data: bytes, path: Path, name: str, *, max_bytes: int, limits: Limits) -> bytes | None:
    """The bytes of one file of an archive, or None where it has no such file that can be read.

    Raises:
        UnreadableFile: not an archive, or too large inside.
    """
    with open_package(data, path, limits, "ZIP archive") as package:
        found = next((member for member in package.infolist() if member.filename == name and not member.is_dir()), None)
        member = _read(package, found, str(path), max_bytes) if found else None
        return None if member is None or member.problem else member.data


def _is_hidden(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or any(part.startswith(".") and part != ".." for part in parts)


def _read(package: ZipFile, member: ZipInfo, archive: str, max_bytes: int) -> Member:
    source = f"{archive}{IN_ARCHIVE}{member.filename}"
    name = PurePosixPath(member.filename)
    if name.is_absolute() or ".." in name.parts or "\\" in member.filename or ":" in name.parts[0]:
        return Member(source, problem=f"{source}: its path leads out of the archive, as in an attack. It is not read.")
    if member.flag_bits & _ENCRYPTED:
        return Member(source, problem=f"{source}: locked by a password. Unpack it and add the files.")
    if name.suffix.lower() in ARCHIVES:
        return Member(source, problem=f"{source}: an archive inside an archive. Unpack it and add its files.")
    if member.file_size > max_bytes:
        return Member(
            source,
            problem=f"{source}: {member.file_size:,} bytes is more than the limit of {max_bytes:,}. "
            "Split it, or raise CITEWELL_MAX_FILE_BYTES.",
        )
    try:
        return Member(source, package.read(member))
    except (BadZipFile, ZlibError, EOFError, NotImplementedError, OSError) as error:
        return Member(source, problem=f"{source}: damaged in the archive ({error}). Make the archive again.")
