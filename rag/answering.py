"""The way of one question through all stages, to an answer that grows: what it means, what is found, whether that answers it, the words."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

from index import Scope, Searchable
from rag.cells import without_other_rows
from rag.compose import Composed, choose_units, escaped, needed_units, with_other_sides, write_answer
from rag.config import AnswerSettings
from rag.followup import FindLeftOut, resolve_question
from rag.gate.conflicts import Conflict
from rag.gate.verify import verify_answer
from rag.language_model import LanguageModel, ModelUnavailable
from rag.question import ParsedQuestion, parse_question
from rag.records import Answer, Message
from rag.research import Finding, Searching, merged_passages, research
from rag.rewrite import rewrite_question
from rag.short import short_answer
from rag.spelling import correct_spelling
from rag.synonyms import as_written_there
from rag.trace import Trace
from rag.units import Unit
from rag.write import Material, Written, compose_lines, with_rest, with_sides, write_checked

__all__ = ["Answering"]

NOT_FOUND = "Not found in the {}:"
FELL_BACK = "{} The answer is in the documents' own words."
WENT_ON = "{} The rest of the answer is in the documents' own words."
REFUSAL = "I could not find an answer in the {}. Looked for: {}"
NO_DOCUMENTS = Composed(
    "There are no documents yet. Add some with: citewell add PATH… (or under Documents in the web chat), then ask again."
)


@dataclass(frozen=True, slots=True)
class Answering:
    """What questions are answered with; `model` writes, if there is one. `searching.trace` is the question's.

    `left_out` helps to complete follow-up questions.
    `append_only`: what was shown of an answer as it grew stands at the beginning of the whole (`Assistant.stream`).
    """

    settings: AnswerSettings
    searching: Searching
    model: LanguageModel | None = None
    append_only: bool = False
    left_out: FindLeftOut | None = None

    @property
    def trace(self) -> Trace:
        """What is told of each stage."""
        return self.searching.trace

    def answers(self, question: str, history: Sequence[Message] | None, asked: Searchable) -> Iterator[Answer]:
        """See `Assistant.stream`."""
        with self.trace.stage("answer") as stage:
            resolved, notes = self._resolve(question, history)
            searched = self.spelled(resolved, asked)
            findings = self.findings(searched, asked)
            answering = [finding for finding in findings if finding.confidence >= self.settings.threshold]
            answer = Answer(
                question=question,
                resolved_question=resolved,
                scope=asked.documents if isinstance(asked, Scope) else (),
                text="",
                passages=merged_passages(findings),
                abstained=True,
                confidence=max(finding.confidence for finding in findings),
                missing=_missing_parts(findings, answering),
                unknown_words=tuple(dict.fromkeys(word for finding in findings for word in finding.words.unknown)),
                notes=notes,
            )
            whole = yield from self._compose(answer, searched, findings, answering, asked)
            stage.note(abstained=whole.abstained, citations=len(whole.citations), withheld=whole.withheld, composer=whole.composer)
        yield whole.model_copy(update={"timings": self.trace.timings()})

    def spelled(self, question: str, asked: Searchable) -> str:
        """The question with the spelling of words that are not known corrected, and in the documents' words where it has others."""
        with self.trace.stage("spelling") as stage:
            corrected = correct_spelling(as_written_there(question, asked), asked)
            stage.note(corrected=corrected != question)
            if corrected != question:
                stage.quote(question=corrected)
        return corrected

    def findings(self, text: str, asked: Searchable) -> list[Finding]:
        """The findings on a question, or on each of its parts; of a comparison, on it and on each side."""
        question = parse_question(text)
        questions = [parse_question(part) for part in _complete_parts(question.parts)] or [question]
        findings = [research(q, asked, self.searching) for q in questions]
        if question.sides and findings[0].confidence >= self.settings.threshold:
            sides = [ParsedQuestion(side, side, is_asked=False) for side in question.sides]
            findings += [research(q, asked, self.searching) for q in sides]
        return findings

    def _resolve(self, question: str, history: Sequence[Message] | None) -> tuple[str, tuple[str, ...]]:
        """The question as it can be understood on its own, and why the model could not be asked, if it could not."""
        with self.trace.stage("follow-up") as stage:
            resolved, notes = resolve_question(question, history, self.left_out), tuple[str, ...]()
            if self.model and any(turn.get("role") == "user" for turn in history or ()):
                try:
                    one_line = " ".join(question.split())
                    resolved = rewrite_question(one_line, list(history or ()), self.model, self.trace) or resolved
                except ModelUnavailable as error:
                    notes = (FELL_BACK.format(error),)
            stage.note(turns=len(history or ()), resolved=resolved != " ".join(question.split()))
            stage.quote(question=resolved)
        return resolved, notes

    def _compose(
        self, answer: Answer, searched: str, findings: Sequence[Finding], answering: Sequence[Finding], asked: Searchable
    ) -> Generator[Answer, None, Answer]:
        """Yields the answer as it grows, and returns it whole."""
        with self.trace.stage("compose") as stage:
            units, conflicts = self._choose(answering, asked) if answering else ([], [])
            short = short_answer(units, findings[0].question, findings[0].words) if len(findings) == 1 and not conflicts else None
            units = without_other_rows(units, short) if short else units
            stage.note(answered_parts=len(answering), parts=len(findings), sentences=len(units), differences=len(conflicts))
        if answering and self.model and not answer.notes:
            found = tuple(unit for finding in answering for unit in finding.units)
            needed = tuple(unit for finding in answering for unit in needed_units(units, finding.units, finding.question))
            material = Material(searched, answer.passages, found, tuple(units), tuple(conflicts), needed, short)
            try:
                return (yield from self._written(answer, material, asked))
            except ModelUnavailable as error:
                answer = answer.model_copy(update={"notes": (FELL_BACK.format(error),)})
        with self.trace.stage("compose") as stage:
            composed = write_answer(units, asked, short=short, conflicts=conflicts) if units else _refusal(searched, asked)
            stage.note(shown=len(composed.sentences), short_answer=short is not None)
        return self._checked(_whole(answer, composed, asked), asked)

    def _written(self, answer: Answer, material: Material, asked: Searchable) -> Generator[Answer, None, Answer]:
        """The answer as the model writes it.

        Raises:
            ModelUnavailable: what it wrote cannot stand for the extractive answer.
        """
        assert self.model is not None
        answer = answer.model_copy(update={"composer": self.model.name})
        yield answer
        written = Written()
        try:
            for written in write_checked(self.model, material, self.settings.llm_passage_tokens, self.trace, in_place=not self.append_only):
                if written.lines:
                    yield _with(answer, compose_lines(written.lines, asked)).model_copy(update={"withheld": written.withheld})
        except ModelUnavailable as error:
            if not self.append_only or not written.lines:
                raise
            written = with_rest(written, material, WENT_ON.format(error))
        with self.trace.stage("compose") as stage:
            composed = compose_lines(with_sides(written.lines, material), asked, material.conflicts)
            stage.note(shown=len(composed.sentences))
        answer = answer.model_copy(update={"withheld": written.withheld, "notes": written.notes})
        return self._checked(_whole(answer, composed, asked), asked)

    def _choose(self, findings: Sequence[Finding], asked: Searchable) -> tuple[list[Unit], list[Conflict]]:
        words = self.settings.answer_words // len(findings)
        chosen = [unit for finding in findings for unit in choose_units(finding.units, finding.question, asked, most_words=words)]
        units = list({unit.span: unit for unit in chosen}.values())
        return with_other_sides(units, [unit for finding in findings for unit in finding.units], asked)

    def _checked(self, answer: Answer, asked: Searchable) -> Answer:
        """The whole answer with the verdicts of its sentences."""
        with self.trace.stage("check") as stage:
            answer = verify_answer(answer, asked)
            verdicts = [sentence.verdict for sentence in answer.sentences]
            stage.note(**{verdict: verdicts.count(verdict) for verdict in dict.fromkeys(verdicts)})
        return answer


def _with(answer: Answer, composed: Composed) -> Answer:
    """The answer with what was composed so far."""
    told = {"text": composed.text, "sentences": composed.sentences, "citations": composed.citations}
    return answer.model_copy(update={**told, "differences": composed.differences, "abstained": not composed.sentences})


def _whole(answer: Answer, composed: Composed, asked: Searchable) -> Answer:
    """The same with the parts of the question that it does not answer."""
    missing = answer.missing if composed.sentences else ()
    below = "".join(f"\n\n{NOT_FOUND.format(_called(asked))} {escaped(part)}" for part in missing)
    return _with(answer, composed).model_copy(update={"text": composed.text + below, "missing": missing})


def _refusal(looked_for: str, asked: Searchable) -> Composed:
    return Composed(REFUSAL.format(_called(asked), looked_for)) if asked.chunk_count() else NO_DOCUMENTS


def _called(asked: Searchable) -> str:
    return "chosen documents" if isinstance(asked, Scope) else "documents"


def _missing_parts(findings: Sequence[Finding], answering: Sequence[Finding]) -> tuple[str, ...]:
    """The parts of a question in several parts that are not answered, where others are."""
    asked = [finding for finding in findings if finding.question.is_asked]
    return tuple(finding.question.text for finding in asked if answering and finding not in answering)


def _complete_parts(parts: Sequence[str]) -> list[str]:
    """Each part as it can be understood on its own: a pronoun in a later one means what an earlier one is about."""
    return [resolve_question(part, [{"role": "user", "content": earlier} for earlier in parts[:n]]) for n, part in enumerate(parts)]
