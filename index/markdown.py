"""Markdown without its inline markup, by markdown-it: what is read is what is quoted.

Blocks stay as they are written (headings, lists, tables, code), so that a quote of plain prose is
the same in the file and in the library; `**bold**`, links and images become their words.
"""

from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

__all__ = ["strip_front_matter", "without_inline_markup"]


def strip_front_matter(text: str) -> tuple[str, dict[str, str]]:
    """The body below YAML front matter, and its fields as text; damaged front matter is body."""
    import frontmatter
    import yaml

    try:
        post = frontmatter.loads(text)
    except yaml.YAMLError:
        return text, {}
    body = text[text.rindex(post.content) :] if post.metadata and post.content else text
    return body, {str(name): _plain(value) for name, value in post.metadata.items() if value is not None}


def without_inline_markup(text: str) -> str:
    """The same Markdown with inline markup replaced by the words that it shows."""
    lines = text.split("\n")
    for token in _parser().parse(text):
        if token.type == "html_block" and token.map:
            for number in range(*token.map):
                lines[number] = ""
        if token.type == "inline" and token.map and _has_markup(token):
            _replace(lines, token)
    return "\n".join(lines)


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table").enable("strikethrough")


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _has_markup(token: Token) -> bool:
    return any(child.type not in ("text", "softbreak") for child in token.children or []) or "\\" in token.content


def _replace(lines: list[str], token: Token) -> None:
    """Line by line where the lines correspond; a shown line keeps what stands before it (`- `, `## `)."""
    assert token.map is not None
    written, shown = token.content.split("\n"), _shown(token.children or []).split("\n")
    if len(written) != len(shown):
        shown = [" ".join(shown), *[""] * (len(written) - 1)]
    for number, (before, after) in enumerate(zip(written, shown, strict=True), start=token.map[0]):
        if number < len(lines):
            lines[number] = lines[number].replace(before, after, 1)


def _shown(children: list[Token]) -> str:
    parts = []
    for child in children:
        if child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif child.type == "image":
            parts.append(child.content)
    return "".join(parts)
