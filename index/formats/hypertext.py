"""A tree of HTML becomes Markdown without inline markup: headings, paragraphs, lists, tables, code.

The tree may also be trafilatura's, which names the same things in the words of TEI.
"""

import re
from typing import Any

from index.formats.elements import (
    BLOCKS,
    HEADINGS,
    LOOSE_BRACKET,
    SKIPPED,
    grid_of,
    is_hidden,
    is_layout,
    is_note_sign,
    spaces_only,
    tag_of,
    words_of,
)
from index.formats.lines import join_lines
from index.formats.table import table_lines

__all__ = ["hypertext_to_markdown", "parse_hypertext", "tree_to_markdown"]

_LISTS = frozenset({"ul", "ol", "menu", "dir", "list"})
_ITEMS = frozenset({"li", "item"})
_BOLD = frozenset({"b", "strong", "hi"})
_BOLD_HEADING = 90
_BOLD_LEVEL = 4


def hypertext_to_markdown(text: str) -> str:
    """The Markdown of an HTML text; empty where it shows nothing."""
    root = parse_hypertext(text)
    return "" if root is None else tree_to_markdown(root)


def parse_hypertext(text: str) -> Any:
    """The tree of an HTML text, or None for one without elements. A declared encoding is ignored: text is decoded."""
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def tree_to_markdown(root: Any) -> str:
    """The Markdown of a tree, without what is hidden, navigation and signs of notes."""
    writer = _Writer()
    body = root.find("body")
    writer.visit(root if body is None else body)
    writer.flush()
    return join_lines(writer.lines)


class _Writer:
    """Lines so far, and the words of the block at hand."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._words: list[str] = []
        self._marker = ""
        self._depth = 0

    def visit(self, element: Any) -> None:
        tag = tag_of(element)
        if not tag or tag in SKIPPED or is_hidden(element):
            return
        if tag in ("br", "lb"):
            self._words.append("\n")
        elif level := _heading_level(element, tag):
            self._heading(element, level)
        elif tag == "pre" or (tag == "code" and "\n" in (element.text or "")):
            self._code(element)
        elif tag == "table" and not is_layout(element):
            self._table(element)
        elif tag in _LISTS:
            self._list(element, tag)
        elif tag in ("dt", "dd"):
            self._term(element, tag)
        elif tag in BLOCKS:
            self._flow(element)
        else:
            self._inline(element, tag)

    def flush(self) -> None:
        """End the block at hand."""
        text = LOOSE_BRACKET.sub("", re.sub(r"[^\S\n]+", " ", "".join(self._words)))
        text = re.sub(r" *\n *", "\n", text).strip()
        self._words = []
        for paragraph in re.split(r"\n{2,}", text) if text else ():
            if self._marker:
                self.lines.append(self._marker + paragraph.replace("\n", " "))
                self._marker = ""
            else:
                self.lines.extend(["", paragraph] if not self._depth else ["", "  " * self._depth + paragraph.replace("\n", " ")])

    def _children(self, element: Any) -> None:
        self._words.append(spaces_only(element.text))
        for child in element:
            self.visit(child)
            self._words.append(spaces_only(child.tail))

    def _inline(self, element: Any, tag: str) -> None:
        if tag == "sup" and is_note_sign(element):
            return
        if tag == "q":
            self._words.append("“")
        self._children(element)
        if tag == "q":
            self._words.append("”")

    def _flow(self, element: Any) -> None:
        self.flush()
        self._children(element)
        self.flush()

    def _heading(self, element: Any, level: int) -> None:
        self.flush()
        self._marker = ""
        if words := words_of(element):
            self.lines.extend(["", f"{'#' * level} {words}", ""])

    def _code(self, element: Any) -> None:
        self.flush()
        text = "".join(element.itertext()).strip("\n")
        if text.strip():
            fence = "````" if "```" in text else "```"
            self.lines.extend(["", fence, *text.split("\n"), fence, ""])

    def _list(self, element: Any, tag: str) -> None:
        self.flush()
        if not self._depth:
            self.lines.append("")
        ordered = tag == "ol" or element.get("rend") == "ol"
        number = 0
        for child in element:
            if tag_of(child) in _ITEMS:
                number += 1
                self._marker = "  " * self._depth + (f"{number}. " if ordered else "- ")
                self._depth += 1
                self._flow(child)
                self._depth -= 1
                self._marker = ""
            else:
                self.visit(child)
        if not self._depth:
            self.lines.append("")

    def _term(self, element: Any, tag: str) -> None:
        """`Term: what it means`, the way a dictionary has it."""
        if tag == "dt":
            self.flush()
            self._children(element)
            self._words.append(": ")
        else:
            self._children(element)
            self.flush()

    def _table(self, element: Any) -> None:
        self.flush()
        for caption in element.iter("caption"):
            self._flow(caption)
        rows, header = grid_of(element)
        self.lines.extend(["", *table_lines(rows, header=header), ""])


def _heading_level(element: Any, tag: str) -> int:
    """The level of a heading, or 0; a short paragraph that is bold from end to end, or all in capitals, is one, too."""
    if tag in HEADINGS:
        return HEADINGS[tag]
    if tag == "head":
        return HEADINGS.get(element.get("rend") or "", 2)
    words = words_of(element) if tag == "p" else ""
    if not 0 < len(words) <= _BOLD_HEADING or words[-1] in ".,;:!?" or sum(map(str.isalpha, words)) < 3:
        return 0
    bare = (element.text or "").strip()
    bold = len(element) > 0 and not bare and all(tag_of(child) in _BOLD and not (child.tail or "").strip() for child in element)
    return _BOLD_LEVEL if bold or words.isupper() else 0
