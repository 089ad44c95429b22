"""reStructuredText by docutils, RTF by striprtf."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from index.decode import decode_text
from index.errors import UnreadableFile
from index.formats.hypertext import hypertext_to_markdown
from index.formats.lines import join_lines
from index.formats.table import table_lines
from index.parsed import Limits, Parsed

__all__ = ["convert_rst", "convert_rtf"]

_UNKNOWN_ROLE = re.compile(r":[a-zA-Z][\w:+.-]*:`([^`<]+?)(?:\s*<[^`>]*>)?`")
_DIRECTIVE = re.compile(r"\s*\.\. [^\n]*?::[ \t]*(?P<words>[^\n]*)(?P<body>.*)", re.DOTALL)
_OPTION = re.compile(r"\s*:[\w-]+:.*")
_RTF_FACT = r"\{\\%s ([^{}]*)\}"


def convert_rst(data: bytes, path: Path, limits: Limits) -> Parsed:
    """The document that docutils makes of it; nothing is included or run, and directives that it does not know keep their text."""
    from docutils.core import publish_doctree, publish_from_doctree

    text, warnings = decode_text(data, path)
    settings = {"file_insertion_enabled": False, "raw_enabled": False, "report_level": 2, "halt_level": 5, "warning_stream": False}
    try:
        tree = publish_doctree(_UNKNOWN_ROLE.sub(r"\1", text), settings_overrides=settings)
        _keep_unknown(tree)
        page = publish_from_doctree(tree, writer="html5", settings_overrides={"output_encoding": "unicode", "embed_stylesheet": False})
    except (ValueError, RecursionError, AttributeError) as error:
        raise UnreadableFile(f"{path}: not readable as reStructuredText ({error}). Give it the ending .txt to read it as it is.") from error
    return Parsed(hypertext_to_markdown(str(page)), "text/x-rst", title=tree.get("title", ""), warnings=warnings, **_docinfo(tree))


def _keep_unknown(tree: Any) -> None:
    """Complaints leave the document; the text of a directive that docutils does not know takes the place of its complaint."""
    from docutils import nodes

    for message in list(tree.findall(nodes.system_message)):
        blocks = list(message.findall(nodes.literal_block))
        kept = [nodes.paragraph("", words) for block in blocks for words in _directive_text(block.astext())]
        message.parent.replace(message, kept)


def _directive_text(source: str) -> list[str]:
    found = _DIRECTIVE.match(source)
    if not found:
        return [source.strip()] if source.strip() else []
    lines = [line for line in found["body"].split("\n") if not _OPTION.fullmatch(line)]
    paragraphs = [found["words"], *re.split(r"\n\s*\n", "\n".join(line.strip() for line in lines))]
    return [" ".join(paragraph.split()) for paragraph in paragraphs if paragraph.strip()]


def _docinfo(tree: Any) -> dict[str, Any]:
    from docutils import nodes

    author, date = next(iter(tree.findall(nodes.author)), None), next(iter(tree.findall(nodes.date)), None)
    return {"author": author.astext() if author else "", "date": date.astext() if date else ""}


def convert_rtf(data: bytes, path: Path, limits: Limits) -> Parsed:
    """The text of an RTF file, its rows of tables as lines with bars."""
    from striprtf import striprtf

    source = data.decode("latin-1")
    if not source.lstrip().startswith("{\\rtf"):
        raise UnreadableFile(f"{path}: not an RTF file. Give the file the ending of what it is.")
    try:
        to_text: Callable[..., str] = striprtf.rtf_to_text
        text = to_text(source, errors="replace")
    except Exception as error:  # a broken file makes striprtf raise anything, from KeyError to UnicodeError
        raise UnreadableFile(f"{path}: not a readable RTF file ({error}). Open it in a word processor and save it again.") from error
    facts = {name: _rtf_fact(source, name) for name in ("title", "author")}
    return Parsed(join_lines(_rtf_lines(text)), "text/rtf", "plain", **facts)  # type: ignore[arg-type]


def _rtf_fact(source: str, name: str) -> str:
    found = re.search(_RTF_FACT % name, source[:100_000])
    return "" if not found or "\\" in found[1] else found[1].strip()


def _rtf_lines(text: str) -> list[str]:
    """Every line of RTF text is a paragraph; rows of one table stand together."""
    lines: list[str] = []
    for line in text.split("\n"):
        row = line.rstrip().endswith("|") and line.count("|") > 1
        if row:
            lines.extend(table_lines([line.rstrip()[:-1].split("|")], header=False))
        elif line.strip():
            lines.extend(["", " ".join(line.split()), ""])
    return lines
