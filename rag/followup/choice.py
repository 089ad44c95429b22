"""What a question means of all that its conversation has named: a linear model with readable weights, and the words that it leaves out.

Which words those are, and how surely, `rag.followup.terms` says.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rag.followup.lexicon import FEMALE, GROUPS, INSTITUTIONS, MALE, WORKS
from rag.followup.names import Candidate, is_plural, words_of
from rag.followup.weights import WEIGHTS

__all__ = ["FEATURES", "KINDS", "Asked", "chances", "features", "kin_of"]

KINDS = ("person", "group", "thing", "open", "other", "extra")
FEATURES = tuple(
    """bias name words2 words4 opens quoted the plural joined linked digit number one_answer last_question last_answer resolved first
    times recent place agent agrees clashes same_before meant_before head_beside head_within lowercase titled verb_after possessed
    given other_given institution asked_noun asked_else asked_name asked_short asked_pronoun main head_sentence group_given
    work_given work_quoted answer_opens answer_given by_user""".split()
)
"""What is known about a candidate, by name; `features` gives their values in this order."""
_AT_HOME, _OTHER_NUMBER = 2.5, -2.0
"""Added to the log-odds of a noun phrase in small letters: where the previous question, which names nobody, is about it; and
where it is of the other number than the pronoun. Set by hand: the fitted weights come from conversations about famous people,
those about a person's own documents are mostly about things that have no name."""
_OTHER_GENDER = -3.0
"""The same for a person who is a Mr, somebody's husband or has a wife, where it asks about a she and there are others; and the other way
round."""
_NO_DOER, _DOINGS = -2.0, frozenset("employ employs hire hires acquire acquires manufacture manufactures sell sells publish".split())
"""The same for what has no name, where it asks what "it" does that companies do."""
_MEN, _WOMEN = "husband|father|brother|son|uncle|nephew|grandfather|king", "wife|mother|sister|daughter|aunt|niece|grandmother|queen"
_HE = re.compile(rf"\b(?:{_MEN})(?: (?:is|was|,))?$|^['’]s (?:late |first |second )?wife\b")
_SHE = re.compile(rf"\b(?:{_WOMEN})(?: (?:is|was|,))?$|^['’]s (?:late |first |second )?husband\b")
_ASKED_ABOUT, _SINGULAR = 2.0, frozenset("he him his she her hers".split())
"""The same for a name that the question before has, where it asks about a he or she."""
_HIM, _HER = re.compile(r"\b(?:he|him|his)\b", re.I), re.compile(r"\b(?:she|her|hers)\b", re.I)
_SEEN_AS = 2.0
"""The same for a name with which what was said speaks of a he or a she, as the question does."""
_LINEAR = 0.5
"""The share of the linear model's log-odds that is added to those of the words."""
_UNREAD = -6.0
"""The log-odds of a word that the model did not read."""
_PLURAL = frozenset("they them their theirs these those".split())
_GENDERS = (
    (re.compile(r"\b(?:he|him|his|himself)\b", re.I), frozenset("he him his himself".split())),
    (re.compile(r"\b(?:she|her|hers|herself)\b", re.I), frozenset("she her hers herself".split())),
    (re.compile(r"\b(?:they|them|their|theirs)\b", re.I), frozenset("they them their theirs".split())),
    (re.compile(r"\b(?:it|its|which)\b", re.I), frozenset("it its this that".split())),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known about a question: its words, pronoun and noun, the number of turns before it, and what was meant before.

    `same`: what the same kind of pronoun stood for in the question before; `meant`: all that was put into it.
    `at_home`: the words of the previous question, if it names nobody. `left_out`: words of the conversation with their log-odds of being
    left out by the question; nothing where no model was asked.
    """

    words: frozenset[str]
    pronoun: str
    noun: str
    turns: int
    resolved: frozenset[str] = frozenset()
    same: str = ""
    meant: tuple[str, ...] = ()
    wants_others: bool = False
    names: bool = False
    completed: bool = False
    main: str = ""
    by_users: frozenset[int] = frozenset()
    at_home: frozenset[str] = frozenset()
    left_out: Mapping[str, float] = field(default_factory=dict)

    def by_user(self, candidate: Candidate) -> bool:
        """Whether the user has named it, not only an answer."""
        return any(number in self.by_users for number, _ in candidate.mentions)


def features(candidate: Candidate, asked: Asked) -> list[float]:
    """The candidate as numbers, in the order of FEATURES, each about 0–1."""
    mentions = candidate.mentions
    numbers = [number for number, _ in mentions]
    last = mentions[-1][1]
    pronoun = asked.pronoun.lower()
    agrees = clashes = False
    for pattern, pronouns in _GENDERS:
        near = any(pattern.search(mention.sentence) for _, mention in mentions)
        if pronoun in pronouns:
            agrees = near
        elif pronoun:
            clashes = clashes or near
    before = last.before.split()
    noun = asked.noun
    beside = bool(noun) and any(
        noun in mention.before.split()[-1:] or noun in mention.after.split()[:1] or noun + "s" in mention.before.split()[-1:]
        for _, mention in mentions
    )
    own = len(candidate.words)
    count = max(1, asked.turns)
    values = (
        True,
        any(mention.is_name for _, mention in mentions),
        own >= 2,
        own >= 4,
        any(mention.opens for _, mention in mentions),
        any(mention.quoted for _, mention in mentions),
        any(mention.before.endswith("the") for _, mention in mentions),
        candidate.text.endswith("s"),
        bool(re.search(r"\s(?:and|&)\s", candidate.text)),
        bool(re.search(r"\s(?:of|in|on|for|to|with|from|a)\s", candidate.text)),
        any(character.isdigit() for character in candidate.text),
        candidate.text.replace(" ", "").isdigit(),
        last.sentence.strip(" .,") == candidate.text,
        count - 2 in numbers,
        count - 1 in numbers,
        candidate.words <= asked.resolved,
        min(numbers) < 2,
        math.log1p(len(mentions)) / 2,
        1 / (1 + (count - 1 - numbers[-1])),
        any(
            mention.before.split()[-1:] and mention.before.split()[-1] in ("in", "at", "from", "near", "to", "on")
            for _, mention in mentions
        ),
        bool(before) and before[-1] in ("by", "with", "and"),
        agrees,
        clashes,
        bool(candidate.words & words_of(asked.same)),
        any(candidate.words & words_of(meant) for meant in asked.meant),
        beside,
        bool(noun) and noun in candidate.words,
        candidate.text == candidate.text.lower(),
        bool(before) and before[-1].rstrip(".") in ("mr", "mrs", "dr", "sir", "president", "king", "queen", "singer", "actor", "author"),
        bool(re.match(r"(?:was|is|were|are|has|had|said|became)\b", last.after)),
        any(mention.after[:1] in "'’" and mention.after[:1] for _, mention in mentions),
        *_given(candidate.text, pronoun),
        not words_of(candidate.text).isdisjoint(INSTITUTIONS),
        bool(noun),
        asked.wants_others,
        asked.names,
        len(asked.words) <= 2,
        bool(asked.pronoun) or asked.completed,
        candidate.text == asked.main,
        bool(noun) and any(noun in mention.sentence.lower() for _, mention in mentions),
        noun in GROUPS and _given(candidate.text, "")[0],
        noun in WORKS and _given(candidate.text, "")[0],
        noun in WORKS
        and any(mention.quoted or mention.before.split()[-1:] in (["titled"], ["called"], ["album"], ["film"]) for _, mention in mentions),
        any(number == count - 1 and mention.opens for number, mention in mentions),
        count - 1 in numbers and _given(candidate.text, pronoun)[0],
        asked.by_user(candidate),
    )
    return [float(value) for value in values]


def _given(name: str, pronoun: str) -> tuple[bool, bool]:
    """Whether the name opens with a given name of the pronoun's gender, and of the other one."""
    first = name.split()[0].lower().rstrip(".")
    he, she = first in MALE | {"mr", "sir"}, first in FEMALE | {"mrs", "ms", "miss"}
    if pronoun in ("he", "him", "his"):
        return he, she
    if pronoun in ("she", "her", "hers"):
        return she, he
    return he or she, False


def chances(kind: str, among: Sequence[Candidate], asked: Asked) -> list[tuple[float, Candidate]]:
    """The candidates with the probability that the question means them, the likeliest first; what it says itself is none."""
    weights = WEIGHTS[kind]
    scored = []
    others = [
        candidate for candidate in among if candidate.text != candidate.text.lower() and not _is_of_the_other_gender(candidate, asked)
    ]
    for candidate in among:
        if candidate.words and not candidate.words <= asked.words:
            values = features(candidate, asked)
            by_hand = _by_hand(candidate, asked) + (_OTHER_GENDER if others and _is_of_the_other_gender(candidate, asked) else 0.0)
            odds = _together(sum(a * b for a, b in zip(weights, values, strict=True)) + by_hand, candidate, asked)
            scored.append((1 / (1 + math.exp(-odds)), candidate))
    return sorted(scored, key=lambda item: (-item[0], -item[1].mentions[-1][0], item[1].text))


def _together(odds: float, candidate: Candidate, asked: Asked) -> float:
    """The log-odds with those of the words of the candidate that the question lacks."""
    if not asked.left_out:
        return odds
    words = candidate.words - asked.words
    return _LINEAR * odds + sum(asked.left_out.get(word, _UNREAD) for word in words) / len(words)


def _by_hand(candidate: Candidate, asked: Asked) -> float:
    """What is added for a noun phrase in small letters, and for a person whom "they" cannot mean; nothing where there is no pronoun."""
    pronoun = asked.pronoun.lower()
    if not pronoun or candidate.text != candidate.text.lower():
        if pronoun in _PLURAL and _is_person(candidate):
            return _OTHER_NUMBER
        if pronoun not in _SINGULAR or not _may_be_somebody(candidate):
            return 0.0
        return (_ASKED_ABOUT if candidate.words <= asked.resolved else 0.0) + _SEEN_AS * _seen_as(candidate, pronoun)
    agrees = (pronoun in _PLURAL) == is_plural(candidate.text)
    does = pronoun == "it" and not asked.words.isdisjoint(_DOINGS)
    at_home = _AT_HOME if agrees and candidate.words <= asked.at_home else 0.0
    return at_home + (0.0 if agrees else _OTHER_NUMBER) + (_NO_DOER if does else 0.0)


def kin_of(pronoun: str, question: str) -> str:
    """The brother of "her brother" in a question before one with "he"; nothing where it names none of the pronoun's gender."""
    kin = _MEN if pronoun.lower() in ("he", "him", "his") else _WOMEN
    found = re.search(rf"(?<=['’]s )(?:{kin})\b|(?<=\b(?:his|her) )(?:{kin})\b", question)
    return found[0] if found else ""


def _seen_as(candidate: Candidate, pronoun: str) -> float:
    """How far, -1–1, what was said speaks for a he or a she: "Ana … her", and for a he in "she married Tom"."""
    own, other = (_HIM, _HER) if pronoun in ("he", "him", "his") else (_HER, _HIM)
    seen = 0
    for _, mention in candidate.mentions:
        before, _, after = mention.sentence.partition(mention.text)
        seen += bool(other.search(before))
        seen += bool(own.search(after) and mention.opens) - bool(other.search(after) and mention.opens)
    return float(max(-1, min(1, seen)))


def _may_be_somebody(candidate: Candidate) -> bool:
    """Whether a name may be a person's: no institution's, without an article and figures."""
    the = any(mention.before.split()[-1:] == ["the"] for _, mention in candidate.mentions)
    return not the and candidate.words.isdisjoint(INSTITUTIONS) and re.search(r"\d", candidate.text) is None


def _is_person(candidate: Candidate) -> bool:
    """Whether it is one person by the given name, and not two or a band."""
    joined = any(mention.before.endswith(" and") or mention.after.startswith("and ") for _, mention in candidate.mentions)
    return _given(candidate.text, "")[0] and not joined and " and " not in candidate.text and "&" not in candidate.text


def _is_of_the_other_gender(candidate: Candidate, asked: Asked) -> bool:
    """Whether a person's title, given name or kinship is of another gender than the pronoun."""
    pronoun = asked.pronoun.lower()
    other = _SHE if pronoun in ("he", "him", "his") else _HE if pronoun in ("she", "her", "hers") else None
    if not other:
        return False
    titled = any(
        _given(f"{mention.before.split()[-1]} {candidate.text}", pronoun)[1] for _, mention in candidate.mentions if mention.before
    )
    kin = any(other.search(mention.before) or other.search(mention.after) for _, mention in candidate.mentions)
    return titled or kin or _given(candidate.text, pronoun)[1]
