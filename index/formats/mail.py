"""Messages: EML by the standard library, Outlook's MSG by olefile; both are written in one form."""

import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from index.decode import decode_page, decode_text
from index.errors import UnreadableFile
from index.formats.hypertext import hypertext_to_markdown
from index.parsed import Limits, Parsed

__all__ = ["Message", "convert_eml", "iso_date", "write_message"]

_QUOTE = re.compile(r"^[ \t]*>[> \t]?", re.MULTILINE)
_ATTRIBUTION = re.compile(
    r"^(?:On\b.{5,200}\bwrote:|Am\b.{5,200}\bschrieb.{0,80}:|Le\b.{5,200}a écrit ?:|El\b.{5,200}escribió:|"
    r"-{2,} ?(?:Original Message|Forwarded message|Ursprüngliche Nachricht) ?-{2,}|_{20,})\s*$",
    re.MULTILINE | re.DOTALL,
)
_HEADING_SIGNS = re.compile(r"^(#{1,6})(?= )", re.MULTILINE)


@dataclass(frozen=True)
class Message:
    """One message as text; `date` is ISO 8601, attachments are named with their sizes."""

    subject: str = ""
    sender: str = ""
    to: str = ""
    copy: str = ""
    date: str = ""
    body: str = ""
    attachments: tuple[str, ...] = ()


def write_message(message: Message, media_type: str, warnings: tuple[str, ...] = ()) -> Parsed:
    """Subject as heading, who wrote to whom and when as a list, the text, and under a heading of its own what it quotes."""
    facts = [("From", message.sender), ("To", message.to), ("Cc", message.copy), ("Date", message.date)]
    head = [f"- {name}: {' '.join(value.split())}" for name, value in (*facts, ("Attachments", ", ".join(message.attachments))) if value]
    title = " ".join(message.subject.split())
    parts = [f"# {title}" if title else "", "\n".join(head), *_body_parts(message.body)]
    text = "\n\n".join(part for part in parts if part)
    sender = re.sub(r"\s*<[^>]*>|[\"']", "", message.sender).strip()
    return Parsed(text, media_type, title=title, author=sender or message.sender, date=message.date[:10], warnings=warnings)


def _body_parts(body: str) -> list[str]:
    """What was written, then what is quoted below it without its `>`."""
    body = _HEADING_SIGNS.sub(r"\\\1", body.replace("\r\n", "\n")).strip()
    cut = _ATTRIBUTION.search(body)
    own, quoted = (body[: cut.start()], body[cut.start() :]) if cut else (body, "")
    own, quoted = own.strip(), re.sub(r"(?m)^_{20,}$", "", _unquoted(quoted)).strip()
    return [_unquoted(own) if not quoted else own, *(["## Quoted message", quoted] if quoted else [])]


def _unquoted(text: str) -> str:
    while (shorter := _QUOTE.sub("", text)) != text:
        text = shorter
    return text


def convert_eml(data: bytes, path: Path, limits: Limits) -> Parsed:
    """A message with its text part, or its HTML part where that is all it has."""
    from email import message_from_bytes, policy

    message = message_from_bytes(data.lstrip(), policy=policy.default)
    if not isinstance(message, EmailMessage) or not (message["from"] or message["subject"] or message["date"]):
        raise UnreadableFile(f"{path}: not a message, it has no sender, subject or date. Save it from the mail program as .eml again.")
    return write_message(
        Message(
            subject=_header(message, "subject"),
            sender=_header(message, "from"),
            to=_header(message, "to"),
            copy=_header(message, "cc"),
            date=iso_date(_header(message, "date")),
            body=_text(message, path),
            attachments=tuple(_attachments(message)),
        ),
        "message/rfc822",
    )


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message.get(name, ""))
    except (ValueError, IndexError, AttributeError, TypeError):  # the standard library's parser trips over damaged headers
        return ""


def iso_date(written: str) -> str:
    """A date of a mail or feed as ISO 8601 to the minute, with its offset, or as it was written."""
    try:
        return parsedate_to_datetime(written).isoformat(" ", "minutes")
    except (ValueError, TypeError):
        return written


def _text(message: EmailMessage, path: Path) -> str:
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    content = part.get_payload(decode=True)
    data = content if isinstance(content, bytes) else b""
    text = _decoded(data, part.get_content_charset(), path) if data.strip() else ""
    return hypertext_to_markdown(text) if part.get_content_subtype() == "html" else text


def _decoded(data: bytes, charset: str | None, path: Path) -> str:
    try:
        return data.decode(charset or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return decode_page(data, path)[0] if b"<html" in data[:2000].lower() else decode_text(data, path)[0]


def _attachments(message: EmailMessage) -> list[str]:
    names = []
    for part in message.iter_attachments():
        content = part.get_payload(decode=True)
        size = f" ({len(content):,} bytes)" if isinstance(content, bytes) else ""
        names.append((part.get_filename() or part.get_content_type()) + size)
    return names
