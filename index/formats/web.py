"""Web pages by trafilatura, which finds the article among navigation, teasers and footers."""

import re
from pathlib import Path
from typing import Any

from index.decode import decode_page
from index.errors import UnreadableFile
from index.formats.boilerplate import without_licence
from index.formats.elements import drop_note_signs, words_of
from index.formats.hypertext import parse_hypertext, tree_to_markdown
from index.parsed import Limits, Parsed

__all__ = ["convert_html"]

_CHROME = re.compile(
    r"\b(?:nav|navbar|navigation|menu|sidebar|footer|breadcrumbs?|cookie|masthead|related|share|comments?)\b", re.IGNORECASE
)
_STRUCTURE = frozenset({"head", "list", "table"})
_PARTS = ("h2", "h3", "h4", "h5", "h6", "td", "th", "li")
"""What is more than a paragraph, in trafilatura's words and in a page's."""
_HEAD = 300_000
"""Characters of a page among which its title, author and date are looked for."""
_LONG_PAGE = 10_000_000
"""Bytes from which a page is taken whole: to find its article would take minutes."""
_AUTHOR_WORDS = 8
"""A longer "author" is a list of links that was taken for one."""


def convert_html(data: bytes, path: Path, limits: Limits) -> Parsed:
    """The article of a page; all of a page that has no navigation, header or footer around it."""
    text, warnings = decode_page(data, path)
    tree = parse_hypertext(text)
    body = "" if tree is None else _body(tree, len(data))
    if not body:
        raise UnreadableFile(f"{path}: no article text was found in the page. Save what you need of it as a text file and add that.")
    body, licence = without_licence(body)
    return Parsed(body, "text/html", warnings=(*warnings, *licence), **_facts(text, tree))


def _body(tree: Any, text_bytes: int) -> str:
    import trafilatura

    drop_note_signs(tree)
    if text_bytes > _LONG_PAGE or not _has_chrome(tree):
        return tree_to_markdown(tree)
    found = trafilatura.bare_extraction(tree, include_tables=True, include_comments=False, include_formatting=True, favor_recall=True)
    if found is None or isinstance(found, dict):
        return ""
    if not _is_flattened(found.body, tree):
        return tree_to_markdown(found.body)
    _drop_frame(tree)
    return tree_to_markdown(tree)


def _is_flattened(article: Any, page: Any) -> bool:
    """Whether headings, cells and items of a page have become paragraphs of their own, as sometimes happens to all of it."""
    if any(element.tag in _STRUCTURE for element in article.iter()):
        return False
    paragraphs = {words_of(element) for element in article.iter("p")} - {""}
    return any(words_of(element) in paragraphs for element in page.iter(*_PARTS))


def _drop_frame(tree: Any) -> None:
    """Take what stands around the article out of a page, as its elements and their names say."""
    for element in [found for found in tree.iter() if isinstance(found.tag, str)]:
        framing = element.tag in ("nav", "aside", "footer") or (element.tag != "body" and _CHROME.search(_names(element)))
        if framing and element.getparent() is not None:
            element.drop_tree()


def _has_chrome(tree: Any) -> bool:
    """Whether a page has parts that are not its article, by element or by the names that they go by."""
    for element in tree.iter():
        if element.tag in ("nav", "aside", "footer", "header", "article", "main"):
            return True
        if _CHROME.search(_names(element)):
            return True
    return False


def _names(element: Any) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''} {element.get('role') or ''}"


def _facts(text: str, tree: Any) -> dict[str, Any]:
    import trafilatura

    found = trafilatura.extract_metadata(text[:_HEAD])
    title, author = (found.title or "", found.author or "") if found else ("", "")
    heading = next((" ".join("".join(h.itertext()).split()) for h in tree.iter("h1")), "")
    return {
        "title": heading if heading and title.startswith(heading) else title,
        "author": author if len(author.split()) <= _AUTHOR_WORDS else "",
        "date": (found.date if found else "") or "",
        "language": tree.get("lang") or (found.language if found else "") or "",
    }
