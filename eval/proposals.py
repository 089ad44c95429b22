"""Questions proposed from a library's own sentences, by rule, for a person to accept, correct or skip.

Each rule takes a sentence of a shape and turns it round: "A Bar Raiser is an interviewer …" becomes "What is a
Bar Raiser?". The evidence is always the sentence itself, so that the gold is exact whatever becomes of the words.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from index import Document
from index.sentences import sentence_spans

__all__ = ["Proposal", "propose"]

_NUMBER = r"(?:\d[\d,.]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_SUBJECT = r"(?P<subject>(?:(?:The|A|An|Each|Every|All|Our|Your) )?[\w'’-]+(?: (?!is |are |was |were |has |have )[\w'’-]+){0,5}?)"
_DEFINITION = re.compile(rf"{_SUBJECT} (?P<be>is|are) (?P<what>(?:an?|the) .+?)(?:[,;:(]|\.$|\.\s|$)")
_DURATION = re.compile(rf"{_SUBJECT} (?P<verb>lasts?|takes?) (?P<what>(?:about |at least |up to )?{_NUMBER}(?: to {_NUMBER})? \w+)")
_COUNT = re.compile(rf"{_SUBJECT} (?P<verb>has|have|offers?|includes?|contains?|needs?|employs?) (?P<what>{_NUMBER}) (?P<noun>[\w-]+s)\b")
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_DATE = re.compile(
    rf"{_SUBJECT} (?P<be>was|were|is|are) (?P<done>made|won|cut|\w+(?:ed|en|un|ld|nt|lt))\b.*?"
    rf"\b(?:in|on|since) (?P<what>(?:{_MONTH} )?(?:\d{{1,2}},? )?(?:1[5-9]|20)\d\d)\b"
)
_OPENS_WITH_PRONOUN = re.compile(r"(?:it|this|that|these|those|they|there|he|she|we|you|i|what|which|who|here)\b", re.I)
_NAME = re.compile(r"[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)+")
_PERSON = re.compile(r"\b(?:who|author|leader|manager|scientist|engineer|director|professor|president|officer|founder|writer)\b")
_LEAD = re.compile(rf"{_SUBJECT} (?P<be>is|are|includes?)\b[^:]*:$")
_LONGEST_SENTENCE = 400
"""Characters; what is longer is rarely one sentence."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A question, the fact that its answer must state, and the words of a document that say so. `kind` is the rule."""

    kind: str
    question: str
    fact: str
    document: str
    quote: str


class _Turned(NamedTuple):
    """A sentence turned round."""

    question: str
    fact: str


def propose(documents: Iterable[Document]) -> Iterator[Proposal]:
    """Proposals from these documents in reading order, each question once.

    Passages that are left out of the search give none.
    """
    seen = set[str]()
    for document in documents:
        for proposal in (*_from_sentences(document), *_from_headings(document)):
            if proposal.question.lower() not in seen:
                seen.add(proposal.question.lower())
                yield proposal


def _from_sentences(document: Document) -> Iterator[Proposal]:
    for start, end in _sentences(document):
        text = document.text[start:end]
        for kind, rule in _RULES.items():
            if turned := rule(" ".join(text.split())):
                yield Proposal(kind, turned.question, turned.fact, document.source, text)
                break


def _from_headings(document: Document) -> Iterator[Proposal]:
    """A heading that asks, asks; a list under a heading is asked for by it. The evidence is the first sentence below."""
    for section in document.sections:
        heading = section.heading_path[-1] if section.heading_path else ""
        inside = [(s, e) for s, e in _sentences(document) if section.start <= s and e <= section.end and document.text[s:e] != heading]
        if not heading or not inside:
            continue
        quote = document.text[inside[0][0] : inside[0][1]]
        question = heading if heading.endswith("?") else f"What is said about {_in_a_sentence(heading)}?"
        yield Proposal("heading", question, "", document.source, quote)


def _sentences(document: Document) -> list[tuple[int, int]]:
    """Sentences that can be evidence: searched, not too long, and no headings."""
    removed = [(part.start, part.end) for part in document.removed]
    headings = {heading for section in document.sections for heading in section.heading_path}
    return [
        (start, end)
        for start, end in sentence_spans(document.text)
        if end - start <= _LONGEST_SENTENCE
        and document.text[start:end].lstrip("#").strip() not in headings
        and not document.text[start:end].startswith(("#", "|"))
        and not any(start < stop and begin < end for begin, stop in removed)
    ]


def _definition(sentence: str) -> _Turned | None:
    found = _DEFINITION.match(sentence)
    if not found or _is_unclear(found["subject"]):
        return None
    asks = "Who" if _NAME.fullmatch(found["subject"]) and _PERSON.search(found["what"]) else "What"
    return _Turned(f"{asks} {found['be']} {_in_a_sentence(found['subject'])}?", found["what"])


def _duration(sentence: str) -> _Turned | None:
    found = _DURATION.match(sentence)
    if not found or _is_unclear(found["subject"]):
        return None
    verb = found["verb"].rstrip("s")
    return _Turned(f"How long {_do(found['verb'])} {_in_a_sentence(found['subject'])} {verb}?", found["what"])


def _count(sentence: str) -> _Turned | None:
    found = _COUNT.match(sentence)
    if not found or _is_unclear(found["subject"]):
        return None
    verb = "have" if found["verb"] in ("has", "have") else found["verb"].rstrip("s")
    do = "does" if found["verb"] == "has" else _do(found["verb"])
    return _Turned(f"How many {found['noun']} {do} {_in_a_sentence(found['subject'])} {verb}?", f"{found['what']} {found['noun']}")


def _date(sentence: str) -> _Turned | None:
    found = _DATE.match(sentence)
    if not found or _is_unclear(found["subject"]):
        return None
    return _Turned(f"When {found['be']} {_in_a_sentence(found['subject'])} {found['done']}?", found["what"])


def _list(sentence: str) -> _Turned | None:
    """The sentence that leads a list in; its items are added as facts by the person who knows which matter."""
    found = _LEAD.match(sentence)
    if not found or _is_unclear(found["subject"]):
        return None
    subject = _in_a_sentence(found["subject"])
    if found["be"] in ("is", "are"):
        return _Turned(f"What {found['be']} {subject}?", "")
    return _Turned(f"What {_do(found['be'])} {subject} include?", "")


Rule = Callable[[str], _Turned | None]
_RULES: dict[str, Rule] = {"list": _list, "duration": _duration, "number": _count, "date": _date, "definition": _definition}


def _is_unclear(subject: str) -> bool:
    """Whether the subject needs the sentence before to be understood."""
    return _OPENS_WITH_PRONOUN.match(subject) is not None


def _do(verb: str) -> str:
    return "does" if verb.endswith("s") else "do"


def _in_a_sentence(text: str) -> str:
    """Without the capital of a sentence's start, where the first word is an article or the like."""
    first, _, rest = text.partition(" ")
    return f"{first.lower()} {rest}" if rest and first in ("The", "A", "An", "Each", "Every", "All", "Our", "Your") else text
