"""Which documents a person means by names: ids, sources, paths, file names, folders, and patterns with `*`."""

import os
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from index.errors import NotFound
from index.records import DocumentSummary

__all__ = ["find_document", "find_documents"]


def find_document(name: str, documents: Sequence[DocumentSummary], library: str) -> DocumentSummary:
    """The one document with this id, source, path or file name; `library` is its address, for the message.

    Raises:
        NotFound: none, or more than one.
    """
    found = _called(name, documents)
    if len(found) == 1:
        return found[0]
    if found:
        raise NotFound(f"'{name}' could be {' or '.join(d.source for d in found)}. Give the whole path or the id.")
    raise NotFound(f"No document '{name}' in {library}. `citewell list` shows what is there.")


def find_documents(names: Iterable[str], documents: Sequence[DocumentSummary], library: str) -> list[DocumentSummary]:
    """The documents that go by these names, each once, in the order of `documents`.

    A name is as for `find_document`, or it names several: a folder all documents below it, and in a pattern `*` and `?`
    stand for anything, of the file name or of the whole source.

    Raises:
        NotFound: a name that stands for none, or no pattern and for more than one.
    """
    chosen: set[str] = set()
    ids = {document.id for document in documents}
    for name in names:
        if name in ids:  # thousands may be named so, and each of the other ways looks at every document
            chosen.add(name)
            continue
        found = _called(name, documents)
        several = found if len(found) == 1 else _fitting(name, documents)
        chosen.update(d.id for d in several or [find_document(name, documents, library)])
    return [document for document in documents if document.id in chosen]


def _called(name: str, documents: Sequence[DocumentSummary]) -> list[DocumentSummary]:
    path = os.path.abspath(name)
    found = [d for d in documents if name in (d.id, d.source) or d.source == path]
    return found or [d for d in documents if Path(d.source).name == name]


def _fitting(name: str, documents: Sequence[DocumentSummary]) -> list[DocumentSummary]:
    if not name.strip():
        return []
    path = os.path.abspath(name)
    if not any(sign in name for sign in "*?["):
        return [d for d in documents if d.source.startswith(os.path.join(path, ""))]
    return [d for d in documents if any(fnmatchcase(d.source, p) for p in (name, path)) or fnmatchcase(Path(d.source).name, name)]
