"""The records that pass from a question to a cited answer."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Answer", "Citation", "Difference", "DifferenceSide", "Message", "Passage", "Sentence", "Verdict"]

Message = dict[str, Any]
"""One turn of a conversation: {"role": "user" | "assistant", "content": str}."""

Verdict = Literal["supported", "weak", "unsupported"]


class Record(BaseModel):
    """A frozen record that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Passage(Record):
    """A chunk as retrieved for one question; `rank` counts from 1.

    `score` is the fused score (higher is better, no fixed range); `similarity` the cosine with
    the question (-1–1). `dense_rank` and `lexical_rank` say where it stood in each list, from 1,
    or None where that list did not hold it. `reader_score` is by how much the reader prefers an answer in it
    to none (logits, about -20–20), None where it was not read. `also_in` are the other sources in which the same words
    stand. `flagged`: it gives instructions to a machine that reads it; they are shown, never followed.
    """

    chunk_id: int
    document_id: str
    title: str
    source: str
    page: int | None = None
    heading_path: tuple[str, ...] = ()
    lead: str = ""
    start: int
    end: int
    text: str
    score: float
    rank: int
    similarity: float = 0.0
    dense_rank: int | None = None
    lexical_rank: int | None = None
    reader_score: float | None = None
    also_in: tuple[str, ...] = ()
    flagged: bool = False


class Citation(Record):
    """The exact words that a sentence rests on: always `document.text[start:end] == quote`.

    `section` is the innermost heading; `sha256` is of the file as it was when it was cited.
    `also_in` are the other sources in which the same words stand.
    """

    number: int = Field(ge=1)
    document_id: str
    title: str
    source: str
    page: int | None = None
    section: str = ""
    heading_path: tuple[str, ...] = ()
    start: int
    end: int
    quote: str
    sha256: str = ""
    also_in: tuple[str, ...] = ()


class Sentence(Record):
    """One sentence or list item of an answer, the numbers of its citations, and its verdict.

    `short`: the words of a cited sentence that are the answer by themselves; the sentence follows.
    """

    text: str
    citations: tuple[int, ...] = ()
    kind: Literal["sentence", "item", "short"] = "sentence"
    verdict: Verdict = "supported"


class DifferenceSide(Record):
    """What one document says: the value as it is written there, the document's title and date, and the citation."""

    value: str
    title: str
    date: str = ""
    citation: int


class Difference(Record):
    """What documents say differently of the same thing."""

    sides: tuple[DifferenceSide, ...]


class Answer(Record):
    """A question's answer, or its refusal (`abstained`).

    `text` is Markdown with `[n]` after each sentence, n being a citation's number; of a refusal
    it is one plain paragraph and there are no citations. `missing` are the parts of the question
    that the documents do not answer, where they answer others; the text ends with them. `confidence` is the estimated
    probability that the documents answer the question, 0–1. `resolved_question` is what was
    searched for, with what the conversation adds. `unknown_words` are the question's words that
    stand nowhere in the documents that were asked. `differences` are the numbers and dates in which the cited documents differ;
    the text names them. `composer` is "extractive" or the name of the language model that wrote it. `scope` are the ids of the
    documents that were asked, empty where all were. `timings` are in milliseconds, by stage.
    """

    question: str
    resolved_question: str
    text: str
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    passages: tuple[Passage, ...] = ()
    abstained: bool
    confidence: float = Field(ge=0, le=1)
    composer: str = "extractive"
    withheld: int = Field(
        0,
        ge=0,
        description="sentences of the language model that are not shown, since nothing that has to do with the question carries them",
    )
    notes: tuple[str, ...] = Field((), description="what to know of how the answer came about, such as that the model did not answer")
    missing: tuple[str, ...] = ()
    unknown_words: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    scope: tuple[str, ...] = ()
    timings: dict[str, float] = {}
