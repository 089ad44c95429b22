"""What the model of follow-up questions is fitted on: questions in conversations, and the words of these that a question leaves out.

Two sources. Conversations whose questions people have rewritten to stand alone (CANARD; Elgohary et al. 2019), all about
people and bands. And conversations made of questions of the SQuAD kind on one paragraph, of every subject: a phrase that both of two
questions have becomes a pronoun in the second; a question about another paragraph stays as it is and leaves nothing out.
"""

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from eval.followups import Rewrite
from eval.reader_examples import Source
from rag.followup.lexicon import FEMALE, MALE, VERBS
from rag.followup.names import is_plural, words_of
from rag.words import STOPWORDS

__all__ = ["LeftOut", "from_paragraphs", "from_rewrites"]

_TOKEN = re.compile(r"\w+(?:['’-]\w+)*")
_LONGEST_PHRASE = 4
_OTHER_TOPIC = 0.15
"""How often a question about another paragraph comes last; fewer of the others turn out well, so that it is about a quarter of all."""
_ASKED = frozenset("what which whose how many much and or".split())
"""Words behind which a pronoun makes no question."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A question, the turns before it, and the words of these, in lower case, that it leaves out."""

    question: str
    turns: tuple[str, ...]
    words: frozenset[str]


def from_rewrites(rewrites: Sequence[Rewrite]) -> list[LeftOut]:
    """One for each question that comes after others: the words that its rewrite adds."""
    return [
        LeftOut(one.question, tuple(turn.content for turn in one.history), words_of(one.rewrite) - words_of(one.question))
        for one in rewrites
        if one.history
    ]


def from_paragraphs(sources: Sequence[Source], count: int, chance: random.Random) -> list[LeftOut]:
    """`count` conversations of two or three questions, each with the sentence that answers it or the answer alone."""
    by_paragraph: dict[int, list[Source]] = defaultdict(list)
    for source in sources:
        if source.answer:
            by_paragraph[id(source.paragraph)].append(source)
    groups = [group for group in by_paragraph.values() if len(group) > 1]
    made: list[LeftOut] = []
    while len(made) < count:
        group, other = chance.sample(groups, 2)
        first, second = chance.sample(group, 2)
        turns = [*_exchange(chance.choice(other), chance)] if chance.random() < 0.4 else []
        turns += _exchange(first, chance)
        if chance.random() < _OTHER_TOPIC:
            stranger = chance.choice(other)
            if words_of(stranger.question).isdisjoint(words_of(" ".join(turns))):
                made.append(LeftOut(stranger.question, tuple(turns), frozenset()))
        elif span := _shared(first.question, second.question):
            asked = second.question
            made.append(LeftOut(_with_pronoun(asked, *span), tuple(turns), words_of(asked[slice(*span)])))
    return made


def _exchange(source: Source, chance: random.Random) -> tuple[str, str]:
    """A question and what is answered."""
    assert source.answer
    text = source.paragraph.text
    if chance.random() < 0.3:
        return source.question, text[slice(*source.answer)]
    return source.question, next((text[a:b] for a, b in source.paragraph.sentences if b >= source.answer[1]), text)


def _shared(first: str, second: str) -> tuple[int, int] | None:
    """Where in the second question the longest phrase stands that both have: content words, no verb, and none beside them."""
    said = f" {' '.join(_TOKEN.findall(first.lower()))} "
    found = list(_TOKEN.finditer(second))
    words = [match[0].lower() for match in found]
    ends = [number == len(words) or words[number] in STOPWORDS | VERBS for number in range(len(words) + 1)]
    for length in range(_LONGEST_PHRASE, 0, -1):
        for at in range(1, len(found) - length + 1):
            phrase, before = words[at : at + length], words[at - 1]
            alone = before in STOPWORDS - _ASKED | VERBS and ends[at + length] and STOPWORDS.isdisjoint(phrase) and VERBS.isdisjoint(phrase)
            if alone and f" {' '.join(phrase)} " in said and not phrase[-1].endswith(("ed", "ly")):
                start, end = found[at].start(), found[at + length - 1].end()
                if not words_of(second) <= words_of(second[start:end]):
                    return start, end
    return None


def _with_pronoun(question: str, start: int, end: int) -> str:
    phrase, after = question[start:end], question[end:]
    before = re.sub(r"\b(?:the|an?|this|these)\s$", "", question[:start], flags=re.I)
    first = phrase.split()[0].lower()
    owns = re.match(r"['’]s?\b", after)
    subject = bool(re.match(r"\s\w", after))
    if first in MALE | FEMALE:
        word = ("his" if owns else "he" if subject else "him") if first in MALE else ("her" if owns or not subject else "she")
    elif is_plural(phrase):
        word = "their" if owns else "they" if subject else "them"
    else:
        word = "its" if owns else "it"
    return f"{before}{word}{after[owns.end() :] if owns else after}"
