"""What holds for every format, on documents that nobody wrote: chunks cover the text in order, each is its span."""

import csv
import json
import string
from email.message import EmailMessage
from html import escape
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.chunk import chunk_document
from index.documents import read_parts
from index.parsed import Limits
from tests.index.files import make_docx, make_pdf, word_paragraph
from tests.index.office import make_epub, make_msg, make_odt, make_xlsx

WORDS = st.text(string.ascii_letters + string.digits + " .,;:!?#|*`-_'\"()[]<>&äöüßé中文…“”•\t", min_size=1, max_size=60)
PARAGRAPHS = st.lists(WORDS, min_size=1, max_size=8).map(lambda parts: ["A lock lifts barges.", *parts])


def latin(text):
    return text.encode("latin-1", "replace").decode("latin-1")


def mail(parts):
    message = EmailMessage()
    message["Subject"], message["From"] = "Locks", "ana@example.org"
    message.set_content("\n\n".join(parts))
    return message.as_bytes()


def table(parts):
    out = StringIO()
    csv.writer(out).writerows([["Lock", "Note"], *([part, part[::-1]] for part in parts)])
    return out.getvalue().encode()


def notebook(parts):
    kinds = ("markdown", "code")
    return json.dumps({"cells": [{"cell_type": kinds[at % 2], "source": part, "outputs": []} for at, part in enumerate(parts)]}).encode()


MAKERS = {
    ".txt": lambda parts: "\n\n".join(parts).encode(),
    ".md": lambda parts: "\n\n".join(parts).encode(),
    ".rst": lambda parts: "\n\n".join(parts).encode(),
    ".rtf": lambda parts: (
        "{\\rtf1 " + "\\par ".join(latin(part).replace("\\", "").replace("{", "").replace("}", "") for part in parts) + "}"
    ).encode("latin-1"),
    ".html": lambda parts: "".join(f"<p>{escape(part)}</p>" for part in parts).join(("<html><body>", "</body></html>")).encode(),
    ".xml": lambda parts: "".join(f"<p>{escape(part)}</p>" for part in parts).join(("<a>", "</a>")).encode(),
    ".pdf": lambda parts: make_pdf([[latin(part).replace("\t", " ") for part in parts], ["A second page."]]),
    ".docx": lambda parts: make_docx("".join(word_paragraph(escape(part)) for part in parts)),
    ".odt": lambda parts: make_odt("".join(f"<text:p>{escape(part)}</text:p>" for part in parts)),
    ".xlsx": lambda parts: make_xlsx({"Locks": [["Lock", "Note"], *([part, 1.5] for part in parts)]}),
    ".csv": table,
    ".epub": lambda parts: make_epub(["".join(f"<p>{escape(part)}</p>" for part in parts)]),
    ".eml": mail,
    ".msg": lambda parts: make_msg({0x37: "Locks", 0x1000: "\r\n".join(parts)}),
    ".ipynb": notebook,
    ".json": lambda parts: json.dumps([{"title": part, "text": " ".join(parts)} for part in parts]).encode(),
    ".jsonl": lambda parts: "\n".join(json.dumps({"n": at, "note": part}) for at, part in enumerate(parts)).encode(),
}


@pytest.mark.parametrize("ending", MAKERS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(parts=PARAGRAPHS)
def test_chunks_cover_the_text_in_order(ending, parts):
    document, _ = read_parts(MAKERS[ending](parts), Path(f"a{ending}"), source="a", limits=Limits())
    chunks = chunk_document(document, lambda texts: [len(text.split()) for text in texts], max_tokens=16)
    text = document.text
    for chunk in chunks:
        assert text[chunk.start : chunk.end] == chunk.text
    edges = [0, *(edge for chunk in chunks for edge in (chunk.start, chunk.end)), len(text)]
    assert edges == sorted(edges)
    removed = [(span.start, span.end) for span in document.removed]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        left = "".join(text[at] for at in range(start, end) if not any(begin <= at < stop for begin, stop in removed))
        assert left.strip() == ""


@pytest.mark.parametrize("ending", MAKERS)
def test_the_words_are_all_there(ending):
    parts = [f"Lock number {number} lifts barges by {number} metres." for number in range(20)]
    document, _ = read_parts(MAKERS[ending](parts), Path(f"a{ending}"), source="a", limits=Limits())
    places = [document.text.index(part[:18]) for part in parts]
    assert places == sorted(places)
