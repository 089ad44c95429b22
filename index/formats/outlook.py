"""Outlook's MSG by olefile: a tree of properties in an OLE container ([MS-OXMSG])."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from struct import iter_unpack
from typing import Any

from index.decode import decode_page
from index.errors import UnreadableFile
from index.formats.hypertext import hypertext_to_markdown
from index.formats.mail import Message, write_message
from index.formats.package import unreadable
from index.parsed import Limits, Parsed

__all__ = ["convert_msg"]

_MSG = "application/vnd.ms-outlook"
_SUBJECT, _SENDER, _SENDER_ADDRESS, _SENDER_SMTP, _TO, _COPY = 0x0037, 0x0C1A, 0x0C1F, 0x5D01, 0x0E04, 0x0E03
_BODY, _HTML, _FILE_NAME, _SHORT_FILE_NAME, _CONTENT = 0x1000, 0x1013, 0x3707, 0x3704, 0x3701
_RECIPIENT_NAME, _RECIPIENT_SMTP = 0x3001, 0x39FE
_SENT, _DELIVERED = 0x0039, 0x0E06
_TIME = 0x0040
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


def convert_msg(data: bytes, path: Path, limits: Limits) -> Parsed:
    """One message; its text part, or its HTML part where that is all it has."""
    import olefile

    try:
        with olefile.OleFileIO(BytesIO(data)) as container:
            names = {"/".join(parts): parts for parts in container.listdir()}
            if "__properties_version1.0" not in names:
                raise UnreadableFile(f"{path}: not an Outlook message. Open it in the program it comes from and save it as text.")
            message = _message(container, names, path)
    except (OSError, ValueError, IndexError, KeyError) as error:
        raise unreadable(path, "Outlook message", error) from error
    return write_message(message, _MSG)


def _message(container: Any, names: dict[str, list[str]], path: Path) -> Message:
    def text(number: int, folder: str = "") -> str:
        return _text(container, names, number, folder)

    sender, address = text(_SENDER), text(_SENDER_SMTP) or text(_SENDER_ADDRESS)
    shown = "@" in address and address != sender
    html = _read(container, names, f"__substg1.0_{_HTML:04X}0102")
    body = text(_BODY)
    if not body.strip() and html:
        body = hypertext_to_markdown(decode_page(html, path)[0])
    return Message(
        subject=text(_SUBJECT),
        sender=f"{sender} <{address}>".strip() if shown else sender,
        to=text(_TO) or "; ".join(_recipients(container, names)),
        copy=text(_COPY),
        date=_date(container.openstream("__properties_version1.0").read()),
        body=body,
        attachments=tuple(_attachments(container, names)),
    )


def _text(container: Any, names: dict[str, list[str]], number: int, folder: str = "") -> str:
    """A property of text, in UTF-16 or in the code page of old files."""
    wide = _read(container, names, f"{folder}__substg1.0_{number:04X}001F")
    if wide:
        return wide.decode("utf-16-le", "replace").rstrip("\x00")
    narrow = _read(container, names, f"{folder}__substg1.0_{number:04X}001E")
    try:
        return narrow.decode("utf-8").rstrip("\x00")
    except UnicodeDecodeError:
        return narrow.decode("cp1252", "replace").rstrip("\x00")


def _read(container: Any, names: dict[str, list[str]], name: str) -> bytes:
    return bytes(container.openstream(names[name]).read()) if name in names else b""


def _folders(names: dict[str, list[str]], prefix: str) -> list[str]:
    return sorted({parts[0] for parts in names.values() if parts[0].startswith(prefix)})


def _recipients(container: Any, names: dict[str, list[str]]) -> Iterator[str]:
    for folder in _folders(names, "__recip_version1.0"):
        name = _text(container, names, _RECIPIENT_NAME, f"{folder}/")
        yield name or _text(container, names, _RECIPIENT_SMTP, f"{folder}/")


def _attachments(container: Any, names: dict[str, list[str]]) -> Iterator[str]:
    for folder in _folders(names, "__attach_version1.0"):
        name = _text(container, names, _FILE_NAME, f"{folder}/") or _text(container, names, _SHORT_FILE_NAME, f"{folder}/")
        content = f"{folder}/__substg1.0_{_CONTENT:04X}0102"
        size = f" ({container.get_size(names[content]):,} bytes)" if content in names else ""
        yield (name or "unnamed") + size


def _date(properties: bytes) -> str:
    """When it was sent or else delivered: the fixed properties are records of 16 bytes behind a head of 32."""
    found = {}
    records = properties[32:]
    for kind, number, _, value in iter_unpack("<HHIQ", records[: len(records) // 16 * 16]):
        if kind == _TIME and number in (_SENT, _DELIVERED) and value:
            found[number] = value
    ticks = found.get(_SENT) or found.get(_DELIVERED)
    return (_EPOCH + timedelta(microseconds=ticks // 10)).isoformat(" ", "minutes") if ticks else ""
