"""What Citewell is measured against: a search whose nearest chunk is the answer, whole and never refused.

Three of them differ in the search alone: by words (BM25), by meaning (cosine), and Citewell's own fusion of both.
"""

from collections.abc import Sequence

from index import Document, DocumentSummary, Library
from rag import Answer, Assistant, Citation, Passage, Sentence
from rag.config import AnswerSettings
from rag.records import Message

__all__ = ["BASELINES", "NEAREST", "NearestChunk", "baseline", "baseline_settings"]

NEAREST = "nearest chunk"
"""What writes the answers of a baseline."""

BASELINES: dict[str, dict[str, float]] = {"lexical": {"dense_weight": 0.0}, "dense": {"dense_weight": 1.0}, "fused": {}}
"""Name → what differs from the settings of answering; the scores are then BM25's share of its bound, the cosine, or both fused."""
_SEARCH_ALONE = {"reader": "none", "unit_weight": 0.0}


def baseline(name: str, library: Library) -> "NearestChunk":
    """The baseline of this name over a library."""
    return NearestChunk(Assistant(library, baseline_settings(name)))


def baseline_settings(name: str) -> AnswerSettings:
    """What the baseline of this name searches with."""
    return AnswerSettings.model_validate(BASELINES[name] | _SEARCH_ALONE)


class NearestChunk:
    """Answers with the best passage of an assistant; its score, cut to 0–1, is the confidence."""

    def __init__(self, assistant: Assistant) -> None:
        """Search with this assistant's settings."""
        self._assistant = assistant

    def documents(self) -> list[DocumentSummary]:
        """All documents of the library."""
        return self._assistant.documents()

    def document(self, document_id: str) -> Document:
        """One of them."""
        return self._assistant.document(document_id)

    def retrieve(
        self, question: str, k: int = 10, history: Sequence[Message] | None = None, documents: Sequence[str] | None = None
    ) -> list[Passage]:
        """The `k` best passages, best first."""
        return self._assistant.retrieve(question, k, history, documents)

    def answer(self, question: str, history: Sequence[Message] | None = None, documents: Sequence[str] | None = None) -> Answer:
        """The nearest chunk; a refusal only where the library is empty."""
        passages = tuple(self.retrieve(question, 1, history, documents))
        if not passages:
            return Answer(question=question, resolved_question=question, text="Nothing was found.", abstained=True, confidence=0.0)
        first = passages[0]
        return Answer(
            question=question,
            resolved_question=question,
            text=f"{first.text} [1]",
            sentences=(Sentence(text=first.text, citations=(1,)),),
            citations=(_cite(first),),
            passages=passages,
            abstained=False,
            confidence=min(1.0, max(0.0, first.score)),
            composer=NEAREST,
        )


def _cite(passage: Passage) -> Citation:
    return Citation(
        number=1,
        document_id=passage.document_id,
        title=passage.title,
        source=passage.source,
        page=passage.page,
        start=passage.start,
        end=passage.end,
        quote=passage.text,
    )
