"""Whether the sentences of an answer say what their cited words say, judged without a model.

A sentence passes if nothing in it is against the cited words: numbers, dates, names, negations, opposites, who does what to whom,
and the share of its words that stand there. A sentence in the very words is always supported.
"""

import re
from collections.abc import Sequence
from typing import Literal

from index import Document, Searchable
from index.errors import NotFound
from rag.gate.claims import name_problems, word_problems
from rag.gate.numbers import number_problems
from rag.gate.polarity import is_denied
from rag.gate.text import Text, read_text
from rag.gate.turned import opposite_problems, swap_problems
from rag.records import Answer, Citation, Record, Sentence, Verdict

__all__ = ["Check", "Problem", "check_sentence", "check_sentences", "verify_answer"]

_LONGEST_SENTENCE, _LONGEST_QUOTES = 3_000, 10_000
"""Characters; what an answer says and cites in one sentence is far shorter. Beyond them only the very words are accepted."""
_LOOK = 40
"""Characters before words in which their negation is looked for."""
_MARKS = re.compile(r"\\?\[\d{1,4}\]|\*\*|__|`|\\(?=[^\w\s])|^\s*(?:[-+*•]|#{1,6}|>)\s+", re.M)
_SHORT = re.compile(r"^\s*\*\*(?P<words>[^*]{1,200})\*\*(?=.*\w)", re.S)


class Problem(Record):
    """One thing in a sentence that its cited words do not say, in words for a person. `grave`: the sentence cannot stand."""

    kind: Literal["number", "date", "name", "negation", "comparison", "words", "quote", "document"]
    what: str
    grave: bool = True


class Check(Record):
    """The verdict on one sentence, and why."""

    verdict: Verdict
    problems: tuple[Problem, ...] = ()


def check_sentence(sentence: str, quotes: Sequence[str], context: Sequence[str] = ()) -> Check:
    """Whether a sentence says what its cited words say.

    Args:
        sentence: as an answer has it, with or without Markdown and `[n]`.
        quotes: the cited words, each piece as it stands in its document.
        context: what a name or a year may stand in beside them: titles and headings.
    """
    words = _plain(sentence)
    if not re.search(r"\w", words):
        return Check(verdict="supported")
    if _stands_in(words, quotes):
        return Check(verdict="supported")
    if len(words) > _LONGEST_SENTENCE or sum(map(len, quotes)) + sum(map(len, context)) > _LONGEST_QUOTES:
        return _check([Problem(kind="words", what="the sentence or its cited words are too long to be checked")])
    said, cited, around = read_text(words), read_text(" | ".join(map(_plain, quotes))), read_text(" | ".join(context))
    short = _SHORT.match(sentence)
    parts = [said, read_text(_plain(short["words"]))] if short else [said]
    return _check([problem for part in parts for problem in _problems(part, cited, around)])


def check_sentences(answer: Answer, library: Searchable) -> tuple[Check, ...]:
    """The check of each sentence of an answer, in their order; also whether its citations are true and its documents are those found."""
    known = {passage.document_id for passage in answer.passages}
    citations = {citation.number: citation for citation in answer.citations}
    untrue = {number: _citation_problems(citation, known, library) for number, citation in citations.items()}
    return tuple(_check_cited(sentence, citations, untrue) for sentence in answer.sentences)


def verify_answer(answer: Answer, library: Searchable) -> Answer:
    """The answer with the verdict of each of its sentences."""
    checks = check_sentences(answer, library)
    pairs = zip(answer.sentences, checks, strict=True)
    return answer.model_copy(update={"sentences": tuple(s.model_copy(update={"verdict": check.verdict}) for s, check in pairs)})


def _check_cited(sentence: Sentence, citations: dict[int, Citation], untrue: dict[int, list[Problem]]) -> Check:
    cited = [citations[number] for number in sentence.citations if number in citations]
    missing = [number for number in sentence.citations if number not in citations]
    problems = [Problem(kind="document", what=f"there is no citation {number}") for number in missing]
    if not sentence.citations:
        problems.append(Problem(kind="document", what="it has no citation"))
    problems += [problem for citation in cited for problem in untrue[citation.number]]
    quotes = [citation.quote for citation in cited]
    if sentence.kind == "short" and cited and not _stands_in(_plain(sentence.text), quotes):
        problems.append(Problem(kind="words", what=f"“{sentence.text}” is not in the cited words"))
    context = [part for citation in cited for part in (citation.title, *citation.heading_path)]
    return _check([*problems, *check_sentence(sentence.text, quotes, context).problems])


def _citation_problems(citation: Citation, known: set[str], library: Searchable) -> list[Problem]:
    try:
        document = library.document(citation.document_id)
    except NotFound:
        return [Problem(kind="document", what=f"the document of citation {citation.number} is not in the library")]
    problems = []
    if known and citation.document_id not in known:
        problems.append(Problem(kind="document", what=f"citation {citation.number} is of a document that was not found for the question"))
    if citation.sha256 and citation.sha256 != document.sha256:
        problems.append(Problem(kind="document", what=f"the document of citation {citation.number} has changed since"))
    if not _is_quoted(citation, document):
        problems.append(Problem(kind="quote", what=f"the words of citation {citation.number} do not stand in its document there"))
    return problems


def _is_quoted(citation: Citation, document: Document) -> bool:
    return 0 <= citation.start < citation.end and document.text[citation.start : citation.end] == citation.quote


def _problems(said: Text, cited: Text, around: Text) -> list[Problem]:
    found = [
        *number_problems(said, cited, around),
        *name_problems(said, cited, around),
        *opposite_problems(said, cited),
        *swap_problems(said, cited),
        *word_problems(said, cited, around),
    ]
    return [Problem(kind=kind, what=what, grave=grave) for kind, what, grave in found]


def _check(problems: Sequence[Problem]) -> Check:
    once = tuple(dict.fromkeys(problems))
    grave = any(problem.grave for problem in once)
    return Check(verdict="unsupported" if grave else "weak" if once else "supported", problems=once)


def _plain(text: str) -> str:
    """Without marks of Markdown and of citations, on one line; the cells of a row as an answer writes them."""
    return " ".join(_MARKS.sub("", text).split()).strip("| ").replace(" | ", ", ")


def _stands_in(words: str, quotes: Sequence[str]) -> bool:
    """Whether the words are part of a quote, from the start of a word to the end of one, and nothing before them denies them."""
    words = words.casefold().strip()
    return bool(words) and any(_at_words(words, _plain(quote).casefold()) for quote in quotes)


def _at_words(words: str, text: str) -> bool:
    at = text.find(words)
    while at >= 0:
        end = at + len(words)
        inside_left = at > 0 and text[at - 1].isalnum() and words[0].isalnum()
        inside_right = end < len(text) and text[end].isalnum() and words[-1].isalnum()
        if not inside_left and not inside_right and not is_denied(text[max(0, at - _LOOK) : at]):
            return True
        at = text.find(words, at + 1)
    return False
