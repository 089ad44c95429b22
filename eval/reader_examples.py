"""What the reader is fitted on: questions with passages that answer them, and with passages that do not.

From question sets of the SQuAD kind (Rajpurkar et al., 2016 and 2018): answerable questions in other
words and forms; unanswerable ones that people wrote; near-misses made from answerable ones by changing a
number, a name, a word, the question word, or by a negation; and questions beside passages that come
near the answer without holding it.
"""

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.gold import GoldQuestion, load_gold
from eval.wordnet import WordNet
from index.sentences import sentence_spans
from rag.words import STOPWORDS

__all__ = ["Example", "Examples", "Paragraph", "Source", "Split", "load_sources", "split"]

MEASURED, CALIBRATION = 6, 2
"""Documents of a set with unanswerable questions, from the end of their names' order, that are never fitted on."""

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_NAME = re.compile(r"(?<=[^.?!] )[A-Z][\w’'-]+(?: (?:of |the |de )?[A-Z][\w’'-]+)*")
_NUMBER = re.compile(r"(?<![\w.,])\d[\d,.]*\d|(?<![\w.,])\d(?![\w.,])")
_AUXILIARY = re.compile(r"\b(did|does|do|was|were|is|are|has|have|had|can|could|would|will|should)\b")
_WH = {"when": "where", "where": "when", "who": "when", "how many": "why", "how much": "who", "what year": "what city", "why": "where"}
_KEYWORDS = frozenset("who when where why how many much not no never before after first last under over by from".split())


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a document, its words, and the spans of its sentences."""

    title: str
    text: str
    sentences: tuple[tuple[int, int], ...]
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Source:
    """A question beside the paragraph that answers it, with the answer's span there; or beside the one it was written about."""

    question: str
    paragraph: Paragraph
    answer: tuple[int, int] | None
    document: str


@dataclass(frozen=True, slots=True)
class Example:
    """A question and a passage; the answer's characters in the passage, or none where it does not answer."""

    question: str
    title: str
    passage: str
    answer: tuple[int, int] | None


def load_sources(folder: Path) -> list[Source]:
    """Every question of a set beside its paragraph, in the set's order.

    An unanswerable question names only its document; its paragraph is that of the answerable one before
    or behind it whose words it shares more of, as such sets ask paragraph by paragraph.
    """
    questions = load_gold(folder / "gold.jsonl")
    documents = {name: _paragraphs(folder / "documents" / name) for name in sorted({_document(question) for question in questions})}
    placed = [_place(question, documents[_document(question)]) for question in questions]
    sources = []
    for at, question in enumerate(questions):
        document = _document(question)
        source = placed[at]
        if not question.answerable:
            beside = [
                _neighbour(placed, questions, range(at - 1, -1, -1), document),
                _neighbour(placed, questions, range(at + 1, len(placed)), document),
            ]
            wanted = content(question.question)
            paragraph = max((found for found in beside if found), key=lambda found: len(wanted & found.words), default=None)
            source = Source(question.question, paragraph, None, document) if paragraph else None
        if source:
            sources.append(source)
    return sources


@dataclass(frozen=True, slots=True)
class Split:
    """Questions to fit on, to calibrate the confidence with, and to measure with, none on a document of another part."""

    fitted: list[Source]
    calibration: list[Source]
    measured: list[Source]


def split(sources: Sequence[Source]) -> Split:
    """The last six documents by file name are measured with, the two before them are for calibration, the others for fitting."""
    names = sorted({source.document for source in sources})
    measured, calibration = set(names[-MEASURED:]), set(names[-MEASURED - CALIBRATION : -MEASURED])
    kept = measured | calibration
    return Split(
        [source for source in sources if source.document not in kept],
        [source for source in sources if source.document in calibration],
        [source for source in sources if source.document in measured],
    )


def content(text: str) -> frozenset[str]:
    """The words of a text that carry meaning, in small letters."""
    return frozenset(word for word in (found.lower() for found in _WORD.findall(text)) if word not in STOPWORDS)


def _document(question: GoldQuestion) -> str:
    return question.near_document or question.evidence[0].document


def _paragraphs(path: Path) -> list[Paragraph]:
    title, *texts = [piece.strip() for piece in path.read_text("utf-8").split("\n\n")]
    return [Paragraph(title, text, tuple(sentence_spans(text)), content(text)) for text in texts if text]


def _place(question: GoldQuestion, paragraphs: Sequence[Paragraph]) -> Source | None:
    for evidence in question.evidence:
        for paragraph in paragraphs:
            quote = paragraph.text.find(evidence.quote)
            for answer in question.answers if quote >= 0 else ():
                at = paragraph.text.find(answer, quote)
                if 0 <= at < quote + len(evidence.quote):
                    return Source(question.question, paragraph, (at, at + len(answer)), _document(question))
    return None


def _neighbour(placed: Sequence[Source | None], questions: Sequence[GoldQuestion], order: range, document: str) -> Paragraph | None:
    for at in order:
        if _document(questions[at]) != document:
            return None
        if source := placed[at]:
            return source.paragraph
    return None


class Examples:
    """Draws the examples of one pass after another; the same seed draws the same."""

    def __init__(self, sources: Sequence[Source], wordnet: WordNet, seed: int) -> None:
        """`sources` are all that may be fitted on."""
        self._sources, self._wordnet, self._chance = sources, wordnet, random.Random(seed)
        self._by_document: dict[str, list[Source]] = defaultdict(list)
        self._paragraphs: dict[str, list[Paragraph]] = defaultdict(list)
        for source in sources:
            self._by_document[source.document].append(source)
            if source.paragraph not in self._paragraphs[source.document]:
                self._paragraphs[source.document].append(source.paragraph)

    def one_pass(self, answerable: int) -> list[Example]:
        """The examples of one pass: `answerable` answerable questions, twice every real unanswerable one, and near-misses."""
        with_answer = [source for source in self._sources if source.answer]
        without = [source for source in self._sources if not source.answer]
        chosen = self._chance.sample(with_answer, min(answerable, len(with_answer)))
        examples = [self._answered(source) for source in chosen]
        for source in without:
            examples.append(Example(self._form(source.question), *self._around(source.paragraph, None), None))
            other = self._nearest(source) if self._chance.random() < 0.3 else source.paragraph
            examples.append(Example(self._form(source.question), *self._around(other, None), None))
        for source in chosen:
            draw = self._chance.random()
            if draw < 0.5:
                examples.extend(self._near_miss(source))
            elif draw < 0.65:
                examples.extend(self._without_evidence(source))
            elif draw < 0.8:
                examples.extend(self._elsewhere(source))
        self._chance.shuffle(examples)
        return examples

    def _answered(self, source: Source) -> Example:
        assert source.answer
        question = self._reworded(source) if self._chance.random() < 0.15 else source.question
        title, passage, (start, _) = self._window(source.paragraph, source.answer)
        return Example(self._form(question), title, passage, (source.answer[0] - start, source.answer[1] - start))

    def _form(self, question: str) -> str:
        """The question as people type it: at times without its mark, in small letters, as keywords, or with a slip."""
        draw = self._chance.random()
        if draw < 0.65:
            return question
        plain = question.rstrip("? ").strip()
        if draw < 0.78:
            return plain
        if draw < 0.92:
            return plain.lower()
        if draw < 0.96:
            return (
                " ".join(word for word in plain.split() if (low := word.lower().strip(",.'\"")) not in STOPWORDS or low in _KEYWORDS)
                or plain
            )
        words = plain.split()
        long = [at for at, word in enumerate(words) if len(word) > 5 and word.isalpha()]
        if long:
            at, word = (chosen := self._chance.choice(long)), words[chosen]
            cut = self._chance.randrange(1, len(word) - 2)
            words[at] = word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :]
        return " ".join(words)

    def _around(self, paragraph: Paragraph, answer: tuple[int, int] | None) -> tuple[str, str]:
        title, passage, _ = self._window(paragraph, answer)
        return title, passage

    def _window(self, paragraph: Paragraph, answer: tuple[int, int] | None) -> tuple[str, str, tuple[int, int]]:
        """Some neighbouring sentences, the answer's among them where there is one; at times the whole paragraph."""
        sentences = paragraph.sentences
        if answer:
            first = max((at for at, (start, _) in enumerate(sentences) if start <= answer[0]), default=0)
            last = min((at for at, (_, end) in enumerate(sentences) if end >= answer[1]), default=len(sentences) - 1)
        else:
            first = last = self._chance.randrange(len(sentences))
        if self._chance.random() < (0.1 if answer else 0.15):
            first, last = 0, len(sentences) - 1
        else:
            first, last = max(0, first - self._chance.randint(0, 2)), min(len(sentences) - 1, last + self._chance.randint(0, 2))
        start, end = sentences[first][0], sentences[last][1]
        if answer:
            start, end = min(start, answer[0]), max(end, answer[1])
        title = paragraph.title if self._chance.random() < 0.85 else ""
        return title, paragraph.text[start:end], (start, end)

    def _without_evidence(self, source: Source) -> Iterator[Example]:
        """The sentences before or behind the one that answers."""
        assert source.answer
        text = source.paragraph.text
        answer = text[slice(*source.answer)].lower()
        parts = [
            [span for span in source.paragraph.sentences if span[1] <= source.answer[0]][-3:],
            [span for span in source.paragraph.sentences if span[0] >= source.answer[1]][:3],
        ]
        passages = [text[part[0][0] : part[-1][1]] for part in parts if part]
        usable = [passage for passage in passages if answer not in passage.lower()]
        if usable:
            yield Example(self._form(source.question), source.paragraph.title, self._chance.choice(usable), None)

    def _elsewhere(self, source: Source) -> Iterator[Example]:
        """The paragraph of the same document that shares most with the question and does not hold the answer."""
        paragraph = self._nearest(source)
        assert source.answer
        answer = source.paragraph.text[slice(*source.answer)].lower()
        title, passage, _ = self._window(paragraph, None)
        if paragraph is not source.paragraph and answer not in passage.lower():
            yield Example(self._form(source.question), title, passage, None)

    def _nearest(self, source: Source) -> Paragraph:
        wanted = content(source.question)
        others = [paragraph for paragraph in self._paragraphs[source.document] if paragraph is not source.paragraph]
        ranked = sorted(others, key=lambda paragraph: len(wanted & paragraph.words), reverse=True)[:2]
        return self._chance.choice(ranked) if ranked else source.paragraph

    def _near_miss(self, source: Source) -> Iterator[Example]:
        """The question changed in one point, so that its paragraph no longer answers it."""
        ways = [self._other_number, self._other_name, self._other_word, self._other_word, self._other_word, self._negated, self._other_wh]
        self._chance.shuffle(ways)
        for way in ways:
            if changed := way(source):
                yield Example(self._form(changed), *self._around(source.paragraph, source.answer), None)
                return

    def _other_number(self, source: Source) -> str | None:
        found = list(_NUMBER.finditer(source.question))
        if not found:
            return None
        number = self._chance.choice(found)
        digits = number.group()
        at = self._chance.choice([place for place, character in enumerate(digits) if character.isdigit()])
        other = self._chance.choice([digit for digit in "123456789" if digit != digits[at]])
        changed = digits[:at] + other + digits[at + 1 :]
        return source.question[: number.start()] + changed + source.question[number.end() :]

    def _other_name(self, source: Source) -> str | None:
        found = list(_NAME.finditer(source.question))
        if not found:
            return None
        name = self._chance.choice(found)
        evidence = source.paragraph.text
        if self._chance.random() < 0.5:
            evidence = self._chance.choice(self._paragraphs[source.document]).text
        answer = source.paragraph.text[slice(*source.answer)] if source.answer else ""
        others = [other.group() for other in _NAME.finditer(evidence)]
        usable = [other for other in others if other not in source.question and other not in answer and name.group() not in other]
        if not usable:
            return None
        return source.question[: name.start()] + self._chance.choice(usable) + source.question[name.end() :]

    def _other_word(self, source: Source) -> str | None:
        return self._exchange(source.question, self._wordnet.others)

    def _reworded(self, source: Source) -> str:
        return self._exchange(source.question, self._wordnet.same) or source.question

    def _exchange(self, question: str, others: Callable[[str], list[str]]) -> str | None:
        words = [
            found for found in _WORD.finditer(question) if found.group().islower() and found.group() not in STOPWORDS and found.start()
        ]
        self._chance.shuffle(words)
        for word in words:
            lemma, ending = self._lemma(word.group())
            if usable := others(lemma):
                other = self._chance.choice(usable)
                other = (other.removesuffix("e") if ending[:1] == "e" else other) + ending
                return question[: word.start()] + other + question[word.end() :]
        return None

    def _lemma(self, word: str) -> tuple[str, str]:
        """The word as WordNet lists it, and the ending that it had."""
        if word not in self._wordnet:
            for ending in ("est", "er", "ed", "s"):
                stem = word.removesuffix(ending)
                if stem != word and (lemma := next((form for form in (stem, stem + "e") if form in self._wordnet), None)):
                    return lemma, ending
        return word, ""

    def _negated(self, source: Source) -> str | None:
        found = list(_AUXILIARY.finditer(source.question))
        if not found or " not " in source.question or self._chance.random() < 0.5:
            return None
        at = found[-1].end()
        rest = source.question[at:].split(" ")
        place = 2 if found[-1].group() in ("did", "does", "do") and len(rest) > 3 else 1
        word = self._chance.choice(["not", "never"])
        return source.question[:at] + " ".join([*rest[:place], word, *rest[place:]])

    def _other_wh(self, source: Source) -> str | None:
        low = source.question.lower()
        for wh, other in _WH.items():
            if low.startswith(wh + " ") and self._chance.random() < 0.5:
                return other.capitalize() + source.question[len(wh) :]
        return None
