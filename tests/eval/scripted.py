"""An assistant that says what a test wrote down, over two small documents."""

from types import SimpleNamespace

from eval.gold import Evidence, GoldQuestion
from index import Document
from rag import Answer, Citation, Passage, Sentence

TEA = Document(id="t", title="Tea", source="/docs/tea.md", media_type="", sha256="", text="Tea is a drink. It is brewed for four minutes.")
CUP = Document(id="c", title="Cup", source="/docs/cup.md", media_type="", sha256="", text="A cup holds tea.")


def span(document: Document, words: str) -> tuple[int, int]:
    start = document.text.index(words)
    return start, start + len(words)


def passage(document: Document, words: str, rank: int = 1) -> Passage:
    start, end = span(document, words)
    return Passage(
        chunk_id=rank, document_id=document.id, title="", source=document.source, start=start, end=end, text=words, score=1.0, rank=rank
    )


def said(document: Document, *quotes: str, confidence: float = 0.9) -> Answer:
    citations = []
    for number, quote in enumerate(quotes, start=1):
        start, end = span(document, quote)
        citations.append(
            Citation(number=number, document_id=document.id, title="", source=document.source, start=start, end=end, quote=quote)
        )
    sentences = tuple(Sentence(text=quote, citations=(number,)) for number, quote in enumerate(quotes, start=1))
    text = " ".join(f"{quote} [{number}]" for number, quote in enumerate(quotes, start=1))
    return Answer(
        question="?",
        resolved_question="?",
        text=text,
        sentences=sentences,
        citations=tuple(citations),
        abstained=False,
        confidence=confidence,
    )


def refused(confidence: float = 0.1) -> Answer:
    return Answer(question="?", resolved_question="?", text="I could not find it.", abstained=True, confidence=confidence)


def answerable(id: str = "a", quote: str = "It is brewed for four minutes.", **fields: object) -> GoldQuestion:
    evidence = (Evidence(document="tea.md", quote=quote),)
    return GoldQuestion(id=id, question="?", answerable=True, **({"evidence": evidence} | fields))


class ScriptedAssistant:
    """Answers each question with the next answer of its script; every question finds the same passages."""

    def __init__(self, answers: list[Answer], passages: list[Passage]) -> None:
        self.histories: list[list[dict[str, str]]] = []
        self._answers, self._passages = iter(answers), passages

    def documents(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(id="t"), SimpleNamespace(id="c")]

    def document(self, id: str) -> Document:
        return {"t": TEA, "c": CUP}[id]

    def answer(self, question: str, history: list[dict[str, str]]) -> Answer:
        self.histories.append(history)
        return next(self._answers)

    def retrieve(self, question: str, k: int, history: list[dict[str, str]]) -> list[Passage]:
        return self._passages[:k]
