"""Markdown without its inline markup, by markdown-it: what is read is what is quoted.

Blocks stay as they are written (headings, lists, tables, code), so that a quote of plain prose is
the same in the file and in the library; `**bold**`, links and images become their words, underlined
headings get their `#`, quotations lose their `>`, and HTML its tags.
"""

import re
from functools import cache
from html import unescape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

__all__ = ["strip_front_matter", "without_inline_markup"]

_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
_CLOSING_SIGNS = re.compile(r"[ \t]+#+[ \t]*$")
_QUOTATION = re.compile(r"^(\s*)>[ \t]?")


def strip_front_matter(text: str) -> tuple[str, dict[str, str]]:
    """The body below YAML front matter, and its fields as text; damaged front matter is body."""
    import frontmatter
    import yaml

    try:
        post = frontmatter.loads(text)
    except (yaml.YAMLError, ValueError):  # ValueError: a date that is none, such as 2024-13-45
        return text, {}
    body = text[text.rindex(post.content) :] if post.metadata and post.content else text
    return body, {str(name): _plain(value) for name, value in post.metadata.items() if value is not None}


def without_inline_markup(text: str) -> str:
    """The same Markdown with inline markup replaced by the words that it shows; lines keep their number."""
    lines = text.split("\n")
    tokens = _parser().parse(text)
    for token, following in zip(tokens, [*tokens[1:], None], strict=False):
        if not token.map:
            continue
        if token.type == "html_block":
            _show_html(lines, *token.map)
        elif token.type == "hr":
            lines[token.map[0]] = ""
        elif token.type == "blockquote_open":
            _unquote(lines, *token.map)
        elif token.type == "heading_open" and following:
            _mark_heading(lines, token, following)
        elif token.type == "inline" and _shown(token) != token.content:
            _replace(lines, token)
    return "\n".join(lines)


def _show_html(lines: list[str], start: int, end: int) -> None:
    """The words of an HTML block, each on its line."""
    visible = _HIDDEN.sub(lambda hidden: "\n" * hidden[0].count("\n"), "\n".join(lines[start:end]))
    lines[start:end] = [unescape(line).strip() for line in _TAG.sub(_line_ends, visible).split("\n")]


def _line_ends(tag: re.Match[str]) -> str:
    return "\n" * tag[0].count("\n")


def _unquote(lines: list[str], start: int, end: int) -> None:
    lines[start:end] = [_QUOTATION.sub(r"\1", line) for line in lines[start:end]]


def _mark_heading(lines: list[str], heading: Token, words: Token) -> None:
    """A heading in the one form `## Words`: neither underlined, nor indented, nor with signs behind; without words it is none."""
    start, end = heading.map or (0, 0)
    if heading.markup in ("=", "-"):
        lines[start:end] = ["#" * int(heading.tag[1:]) + f" {' '.join(words.content.split())}", *[""] * (end - start - 1)]
    elif not words.content:
        lines[start] = ""
    else:
        lines[start] = _CLOSING_SIGNS.sub("", lines[start].lstrip())


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table").enable("strikethrough")


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _replace(lines: list[str], token: Token) -> None:
    """Line by line where the lines correspond; a shown line keeps what stands before it (`- `, `## `)."""
    start, _ = token.map or (0, 0)
    written, shown = token.content.split("\n"), _shown(token).split("\n")
    if len(written) != len(shown):
        shown = [" ".join(shown), *[""] * (len(written) - 1)]
    for number, (before, after) in enumerate(zip(written, shown, strict=True), start=start):
        if number < len(lines):
            lines[number] = lines[number].replace(before, after, 1)


def _shown(token: Token) -> str:
    parts = []
    for child in token.children or []:
        if child.type in ("text", "code_inline", "image"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
    return "".join(parts)
