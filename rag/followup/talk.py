"""A conversation before a question: who said what, what was named, and what the user's last question was."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rag.followup.choice import Asked
from rag.followup.forms import definite_nouns, names_its_own, subject_of, wants_others
from rag.followup.lexicon import DATES, INSTITUTIONS
from rag.followup.names import Candidate, candidates, content_words, speaks_of_people, words_of
from rag.records import Message

__all__ = ["Talk", "Turns", "asked_about", "plain_words", "talk_of", "turns_of"]

Turns = Sequence[tuple[bool, str]]
"""Each as (the user's, text), the oldest first."""

_ITEM, _ITEMS = 40, 3
"""Characters of an item of a list in short, and how many of them "what else" is asked besides."""
_FULL_NAME = re.compile(r"(?<![.!?] )(?<!^)\b[A-Z][a-z'’-]+(?: (?:de|van|von|der))?(?: [A-Z][a-z'’-]+)+\b", re.M)
_SHORT_ANSWER = re.compile(r"^\s*\*\*(.+?)\*\*(?:\s*\[\d+\])*")
_MARKS = re.compile(r"\s*\[\d+\]|\*\*|^\s*(?:[-*•]|#+|\d+\.)\s+", re.M)
"""What an answer has beside its words: the numbers of its citations, bold letters, bullets, headings."""


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation before a question.

    `turns`: as in `Turns`. `named`: what they named. `main`: the name most often mentioned. `previous`:
    the user's last question, completed. `meant`: kind of pronoun → what it last stood for. `left_out`: as in `Asked`.
    """

    turns: tuple[tuple[bool, str], ...]
    named: tuple[Candidate, ...]
    main: str
    previous: str
    meant: dict[str, str]
    left_out: Mapping[str, float] = field(default_factory=dict)

    @property
    def at_home(self) -> frozenset[str]:
        """The words of what the previous question is about, if that and the talk are of nobody."""
        return frozenset() if names_its_own(self.previous) or self.of_people else words_of(subject_of(self.previous))

    @property
    def of_people(self) -> bool:
        """Whether a he or she is spoken of."""
        return speaks_of_people(self.turns)

    @property
    def said(self) -> frozenset[str]:
        """All plain words of all turns."""
        return frozenset(word for _, text in self.turns for word in plain_words(text))

    @property
    def asked(self) -> list[str]:
        """The user's questions, the last one completed."""
        return [*[text for by_user, text in self.turns if by_user][:-1], self.previous]

    @property
    def text(self) -> str:
        """All that was said."""
        return " ".join(text for _, text in self.turns)

    @property
    def only_person(self) -> str:
        """The one full name of the last answer that is of no institution; nothing if there are several."""
        by_user, text = self.turns[-1]
        found = {name for name in _FULL_NAME.findall("" if by_user else text) if words_of(name).isdisjoint(INSTITUTIONS | DATES)}
        return found.pop() if len(found) == 1 else ""

    @property
    def listed(self) -> list[str]:
        """The first items of the list that the last answer was, in short; nothing if it was none."""
        by_user, text = self.turns[-1]
        lines = [] if by_user else [re.split(r"[,:;(.]", line)[0].strip() for line in text.splitlines() if line.strip()]
        if len(lines) < 2 or any(not line or len(line) > _ITEM for line in lines):
            return []
        return [line[0].lower() + line[1:] if re.match(r"[A-Z][a-z]+\s[a-z]", line) else line for line in lines[:_ITEMS]]

    @property
    def new_name(self) -> str:
        """A name that the last answer brought up: capitals or digits, not in the question before it, not opening a sentence."""
        answers = [text for by_user, text in self.turns if not by_user]
        first = re.split(r"(?<=[.!?])\s", answers[-1])[0] if answers else ""
        names = re.findall(r"(?<!^)\b(?:[A-Z][\w'’-]*\d[\w-]*|[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)+)", first)
        start = re.match(r"(?:The )?([A-Z][\w'’-]+(?: [A-Z][\w'’-]+)+)", first)
        named = [start[1]] if start else []
        return next((name for name in (*named, *names) if name.lower() not in self.previous.lower()), "")


def turns_of(history: Sequence[Message] | None) -> list[tuple[bool, str]]:
    """The turns of the user and the assistant that say something, without the marks of an answer."""
    turns = [(turn.get("role") == "user", _content(turn)) for turn in history or [] if turn.get("role") in ("user", "assistant")]
    return [turn for turn in turns if turn[1]]


def talk_of(turns: Turns, previous: str, meant: dict[str, str]) -> Talk:
    """The conversation of these turns; the rest as in `Talk`."""
    named = candidates(turns)
    names = [candidate for candidate in named if candidate.text != candidate.text.lower()]
    main = max(names, key=lambda candidate: len(candidate.mentions)).text if names else ""
    return Talk(tuple(turns), tuple(named), main, " ".join(previous.split()), meant)


def asked_about(question: str, kind: str, pronoun: str, talk: Talk, *, completed: bool = False) -> Asked:
    """What the choice of an antecedent looks at, for a pronoun of a kind in a question; `completed`: of which others are put in."""
    nouns = definite_nouns(question)[:1] or [word.lower() for word in content_words(question)[-1:]]
    return Asked(
        words=words_of(question),
        pronoun=pronoun,
        noun="".join(nouns),
        turns=len(talk.turns),
        resolved=words_of(talk.previous),
        same=talk.meant.get(kind, ""),
        meant=tuple(talk.meant.values()),
        wants_others=wants_others(question),
        names=names_its_own(question),
        completed=completed,
        main=talk.main,
        at_home=talk.at_home,
        by_users=frozenset(number for number, (by_user, _) in enumerate(talk.turns) if by_user),
        left_out=talk.left_out,
    )


def plain_words(text: str) -> set[str]:
    """Its content words without a plural's s."""
    return {word.removesuffix("s") for word in words_of(text)}


def _content(turn: Message) -> str:
    content = turn.get("content")
    return _MARKS.sub("", _SHORT_ANSWER.sub(r"\1\n", content)).strip() if isinstance(content, str) else ""
