"""An assistant with answers written by hand over a small real library, so that the chat is tested apart from answering."""

import re
from collections.abc import Callable, Iterator

import pytest

from rag import Answer, Citation, Passage, Sentence
from rag.conversations import Conversations
from ui.reference import MARK, Reference

LEAVE = """# Employee Handbook

## Annual leave

Leave is governed by local law. Full-time staff accrue 25 days of paid leave a year. Up to 5 unused days carry over.

- Requests go through the portal.
- Managers answer within a week.

## Sick leave

Tell your manager before ten in the morning.
"""
QUOTE = "Full-time staff accrue 25 days of paid leave a year."
SECOND = "Requests go through the portal."


def references_in(markup: str) -> list[Reference]:
    """The references of an answer's chips, in order, each once."""
    found = (Reference.read(link) for link in re.findall(f'{MARK}([^"]*)"', markup))
    return list(dict.fromkeys(reference for reference in found if reference))


class FakeAssistant:
    """Gives the answers it is given, and keeps what it was asked."""

    def __init__(self, library):
        self.library = library
        self.answers = {}
        self.asked = []
        self.scopes = []
        self.conversations = Conversations(library.folder)

    def add(self, *paths):
        return self.library.add(paths)

    def documents(self):
        return self.library.documents()

    def document(self, document_id):
        return self.library.document(document_id)

    def remove(self, name):
        return self.library.remove(name)

    def can_answer(self, question):
        return not self.answer(question).abstained

    def answer(self, question, history=None, documents=None):
        *_, answer = self.stream(question, history, documents)
        return answer

    def stream(self, question, history=None, documents=None, *, trace=None):
        """An answer, or several: each as it has grown, and the last one whole."""
        self.asked.append((question, history))
        self.scopes.append(documents)
        answers = self.answers[question]
        for answer in answers if isinstance(answers, list) else [answers]:
            if trace:
                trace.check()
            if isinstance(answer, Exception):
                raise answer
            yield answer.model_copy(update={"scope": tuple(documents or ())})


@pytest.fixture
def assistant(library, write_file) -> Iterator[FakeAssistant]:
    fake = FakeAssistant(library)
    fake.add(write_file("handbook.md", LEAVE))
    yield fake
    fake.conversations.close()


@pytest.fixture
def handbook(assistant):
    return assistant.document(assistant.documents()[0].id)


MakeAnswer = Callable[..., Answer]


@pytest.fixture
def make_answer(handbook) -> MakeAnswer:
    """An answer that quotes the handbook; without quotes, a refusal."""

    def make(question: str, *quotes: str, resolved: str = "", unknown: tuple[str, ...] = ()) -> Answer:
        text = " ".join(f"{quote} [{n}]" for n, quote in enumerate(quotes, start=1))
        return Answer(
            question=question,
            resolved_question=resolved or question,
            text=text or "I could not find an answer to this in the documents.",
            sentences=tuple(Sentence(text=quote, citations=(n,)) for n, quote in enumerate(quotes, start=1)),
            citations=tuple(cite(handbook, quote, n) for n, quote in enumerate(quotes, start=1)),
            passages=(passage(handbook),),
            abstained=not quotes,
            confidence=0.9 if quotes else 0.1,
            unknown_words=unknown,
            timings={"search": 150.0, "compose": 50.0},
        )

    return make


def cite(document, quote: str, number: int = 1) -> Citation:
    start = document.text.index(quote)
    return Citation(
        number=number,
        document_id=document.id,
        title=document.title,
        source=document.source,
        heading_path=document.headings_at(start),
        start=start,
        end=start + len(quote),
        quote=quote,
        sha256=document.sha256,
    )


def passage(document, rank: int = 1) -> Passage:
    start, end = document.text.index("## Annual leave"), document.text.index("\n\n## Sick leave")
    return Passage(
        chunk_id=1,
        document_id=document.id,
        title=document.title,
        source=document.source,
        heading_path=document.headings_at(start),
        start=start,
        end=end,
        text=document.text[start:end],
        score=0.1,
        rank=rank,
        similarity=0.734,
        dense_rank=2,
        lexical_rank=None,
    )
