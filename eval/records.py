"""What an evaluation finds: figures by name, for each question, for all, and for each tag.

A figure is a number under the name of its measure ("facts", "evidence success@5"); one that has no
meaning for a question, or for a group, is absent there. docs/evaluation.md says what each means.
"""

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Cited", "EvalReport", "Group", "Interval", "QuestionResult", "Retrieved", "lower_is_better"]

_LOWER = ("refused answerable", "error", "risk–coverage area", "calibration error", "latency", "peak memory")


def lower_is_better(figure: str) -> bool:
    """Whether a smaller figure is the better one."""
    return figure.startswith(_LOWER)


class Record(BaseModel):
    """A frozen record that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Cited(Record):
    """A citation as the report shows it."""

    number: int
    source: str
    place: str
    quote: str


class Retrieved(Record):
    """A passage by the name of its document, with its span and score, best first."""

    document: str
    start: int
    end: int
    score: float


class QuestionResult(Record):
    """One question: what came back, its figures, and in `problems` what was wrong, in words.

    `evidence_ranks` holds, for each piece of gold evidence, the rank (from 1) of the first
    passage that holds it, or None. `milliseconds` is the time of the whole answer. `wrong` says
    whether the answer is wrong, or would be if it were given; it and `confidence` are None where
    nothing was answered, only retrieved. `expected` is what the gold says: facts or answers.
    """

    id: str
    question: str
    resolved_question: str
    tags: tuple[str, ...]
    answerable: bool
    near: bool
    far: bool
    abstained: bool
    confidence: float | None = Field(ge=0, le=1)
    wrong: bool | None = None
    answer: str
    composer: str = ""
    citations: tuple[Cited, ...] = ()
    expected: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    milliseconds: float = Field(ge=0)
    evidence_ranks: tuple[int | None, ...] = ()
    retrieved: tuple[Retrieved, ...] = ()
    figures: dict[str, float]
    problems: tuple[str, ...] = ()


class Interval(Record):
    """The 95 % interval of a figure (eval.statistics)."""

    low: float
    high: float


class Group(Record):
    """Some questions: how many, how many of them answerable, their figures, and how sure these are."""

    questions: int
    answerable: int
    figures: dict[str, float]
    intervals: dict[str, Interval] = {}


class EvalReport(Record):
    """All questions in the gold file's order, and the figures over all and by tag (tags in alphabetical order).

    `notes` are what a reader of the figures has to know.
    """

    gold: str
    documents: int
    overall: Group
    tags: dict[str, Group]
    questions: tuple[QuestionResult, ...]
    notes: tuple[str, ...] = ()

    @property
    def failures(self) -> tuple[QuestionResult, ...]:
        """The questions with which something was wrong."""
        return tuple(result for result in self.questions if result.problems)
