"""RSS and Atom feeds, and any other XML, by defusedxml."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.errors import UnreadableFile
from index.formats.hypertext import hypertext_to_markdown
from index.formats.lines import join_lines
from index.formats.mail import iso_date
from index.formats.package import parse_xml
from index.formats.table import record_lines
from index.formats.web import convert_html
from index.parsed import Limits, Parsed

__all__ = ["convert_xml"]

_XML = "application/xml"
_TITLES = ("title", "name", "head", "headline", "label")
_INLINE = frozenset("a abbr b bold cite code em emph emphasis hi i italic link q quote ref span strong sub sup term u xref".split())


def convert_xml(data: bytes, path: Path, limits: Limits) -> Parsed:
    """A feed's items under their titles; a page as a page; of other XML, records and prose under its headings."""
    root = parse_xml(data, path)
    kind = _tag(root)
    if kind == "html":
        return convert_html(data, path, limits)
    if kind in ("rss", "rdf", "feed"):
        return _feed(root, path)
    text = join_lines(_lines(root, 1))
    title = next((_words(child) for child in root if _tag(child) in _TITLES), "")
    return Parsed(text, _XML, title=title)


def _tag(element: Any) -> str:
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _feed(root: Any, path: Path) -> Parsed:
    channel = next((child for child in root if _tag(child) == "channel"), root)
    items = [element for element in root.iter() if _tag(element) in ("item", "entry")]
    if not items:
        raise UnreadableFile(f"{path}: a feed without items. Fetch it again when it has some.")
    title = _field(channel, "title")
    subtitle = _shown(_field(channel, "description", "subtitle"))
    text = "\n\n".join(part for part in (f"# {title}" if title else "", subtitle, *map(_item, items)) if part)
    date = iso_date(_field(channel, "lastbuilddate", "updated", "pubdate"))[:10]
    language = _field(channel, "language") or root.get("{http://www.w3.org/XML/1998/namespace}lang", "")
    return Parsed(text, _XML, title=title, author=_field(channel, "author", "creator"), date=date, language=language)


def _item(item: Any) -> str:
    """Title, then date, author and link, then the text: whole where the feed has it, or else its summary."""
    facts = [
        ("Published", iso_date(_field(item, "pubdate", "published", "date", "updated"))),
        ("Author", _field(item, "creator", "author")),
        ("Categories", ", ".join(dict.fromkeys(_words(child) or child.get("term", "") for child in item if _tag(child) == "category"))),
        ("Link", _link(item)),
    ]
    head = "\n".join(f"- {name}: {value}" for name, value in facts if value)
    body = _shown(_field(item, "encoded", "content") or _field(item, "description", "summary"))
    parts = (f"## {_shown(_field(item, 'title')) or 'Without title'}", head, body.replace("\n# ", "\n### ").replace("\n## ", "\n### "))
    return "\n\n".join(part for part in parts if part)


def _field(parent: Any, *names: str) -> str:
    """The words of the first child of one of these names, in the order of the names; Atom's markup inside it is kept."""
    for name in names:
        for child in parent:
            if _tag(child) == name and (text := "".join(child.itertext()).strip()):
                return text if name in ("encoded", "content", "description", "summary") else " ".join(text.split())
    return ""


def _link(item: Any) -> str:
    for child in item:
        if _tag(child) == "link" and child.get("rel", "alternate") == "alternate":
            return _words(child) or child.get("href", "")
    return ""


def _shown(text: str) -> str:
    return hypertext_to_markdown(text) if "<" in text or "&" in text else text


def _lines(element: Any, level: int) -> Iterator[str]:
    """Leaves as fields of their record, mixed text as paragraphs, everything else under a heading if it has one."""
    children = [child for child in element if _tag(child)]
    if not children or _is_prose(element):
        words = _words(element)
        yield from ("", words, "") if words else ()
    elif all(len(child) == 0 for child in children) and len({_tag(child) for child in children}) == len(children):
        yield from record_lines([*element.attrib.items(), *((_name(child), _words(child)) for child in children)])
    else:
        yield from _container(children, level)


def _container(children: list[Any], level: int) -> Iterator[str]:
    heading = next((child for child in children if _tag(child) in _TITLES), None)
    if heading is not None:
        yield from ("", f"{'#' * min(level, 6)} {_words(heading)}", "")
    for child in children:
        if child is heading:
            continue
        if len(child) == 0 and (words := _words(child)):
            yield from ("", words, "") if len(words) > 120 or _tag(child) in ("p", "para") else [f"- {_name(child)}: {words}"]
        else:
            yield from _lines(child, level + (heading is not None))


def _is_prose(element: Any) -> bool:
    """Whether words stand between the children, or all of them run inside a line."""
    between = [element.text, *(child.tail for child in element)]
    return any(text and text.strip() for text in between) or all(_tag(child) in _INLINE for child in element)


def _name(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
