"""What a conversation has named: names, quoted titles and noun phrases, with where and how each was mentioned."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from index.sentences import TITLES
from rag.followup.lexicon import DATES, FEMALE, MALE, OPENERS, VERBS
from rag.words import STOPWORDS

__all__ = [
    "TOKEN",
    "Candidate",
    "Mention",
    "candidates",
    "content_words",
    "is_plural",
    "noun_phrases",
    "sentences",
    "speaks_of_people",
    "verbs_by_place",
    "words_of",
]

_LONGEST = 3000
"""Characters of a turn that are read: what a later question means stands early."""
_FRAGMENT = 60
"""Characters of an answer that is no more than a phrase."""
_SHORT = 2
"""Sentences of an answer that is read whole."""
_MOST = 60
"""Mentions of a turn that are kept."""
_CAPITAL = r"(?:(?:[A-Z]|[a-z]{1,2}(?=[A-Z]))[\w&]*(?:[-.’'](?!s\b)\w+)*|(?<=[A-Z])\.)"
_NUMBER = r"(?:\d{1,4}(?!\d|,\d|%))"
_TIGHT = r"(?:of|of the|the|de|del|la|le|von|van|van der|der|di|da|du|&|Jr\.?)"
_LOOSE = r"(?:and|and the|in|on|for|to|a|with|from)"
_PART = rf"{_CAPITAL}(?:\.?\s(?:{_CAPITAL}|{_NUMBER}\b|{_TIGHT}\s{_CAPITAL}))*"
_NAME = re.compile(rf"(?<![\w'’-])(?:{_NUMBER}\s)?{_PART}")
_JOINED = re.compile(rf"(?<![\w'’-]){_PART}(?:,?\s{_LOOSE}\s{_PART})+")
_QUOTED = re.compile(r"[\"“”]\s*([^\"“”]{2,60}?)[,.]?\s*[\"“”]|(?<!\w)['‘]([A-Z][^'’]{1,50})['’](?!\w)")
_SENTENCE = re.compile(r"(?<=[.!?])" + "".join(rf"(?<!\b{title}\.)" for title in TITLES) + r"\s+(?=[\"“A-Z])|\n+")
_WORD = re.compile(r"\w+(?:['’-]\w+)*")
TOKEN = re.compile(r"[\w'’-]+|[^\w\s]")
"""A word, or a sign."""
_AUXILIARY = r"(?:do|does|did|can|could|may|might|must|shall|should|will|would)"
_BOUND = r"(?:an?|the|my|our|your|their|his|her|its|in|on|at|for|to|with|from|by|after|before|about|into|up|out|if|when|while|and|or)"
"""What stands behind a verb rather than behind the noun that is its subject."""
_VERB_PLACES = (
    re.compile(rf"\b{_AUXILIARY}\s+(?:I|you|we|they|it|he|she)\s+(?P<verb>[a-z][\w-]*)", re.I),
    re.compile(r"^who\s+(?P<verb>[a-z]+[^s\W]s)(?=\s+\w)", re.I),
    re.compile(rf"^what\s+(?P<verb>[a-z]+[^s\W]s)(?=\s+{_BOUND}\b)", re.I),
)
"""Where a question has its verb: "do I export", "does the shuttle arrive?", "who approves overtime", "what causes the"."""
_SUBJECT = re.compile(rf"\b(?:{_AUXILIARY}|(?P<be>is|are|was|were))\s+(?:(?:the|an?|my|our|your|this|these)\s+)?(?P<rest>[^?,.;]+)", re.I)
_ADJECTIVES = frozenset("due available free paid closed valid safe included refundable flexible mandatory optional ready".split())
_PLURALS = frozenset("children people men women feet teeth data criteria media staff police bonuses buses".split())
_HE_OR_SHE = re.compile(r"\b(?:he|she|him|his|hers?)\b", re.I)
_PAST = frozenset(
    """became began came felt found gave got grew heard held kept knew led left lost made met ran said sang saw sold spent spoke told
    took thought went won wrote""".split()
)
"""What people did; a document tells its reader what is done."""
_PREDICATE = frozenset(
    """is are was were has have had can could may might must shall should will would do does did be get gets become became said
    says""".split()
)


@dataclass(frozen=True, slots=True)
class Mention:
    """One mention: its words as written, the sentence it stands in, the words right before and after, and its form."""

    text: str
    sentence: str
    before: str
    after: str
    opens: bool
    quoted: bool
    is_name: bool


@dataclass(slots=True)
class Candidate:
    """Something that a question may mean: its fullest form, its content words, and its mentions as (turn, mention)."""

    text: str
    words: frozenset[str]
    mentions: list[tuple[int, Mention]] = field(default_factory=list)


def content_words(text: str) -> list[str]:
    """The words that carry meaning, as written, in their order."""
    return [word for word in TOKEN.findall(text) if word[0].isalnum() and word.lower() not in STOPWORDS]


def words_of(text: str) -> frozenset[str]:
    """The content words in lower case, without 's."""
    plain = (re.sub(r"['’]s?$", "", re.sub(r"['’]s$", "", word.lower())) for word in _WORD.findall(text))
    return frozenset(word for word in plain if word.replace("’", "'") not in STOPWORDS)


def speaks_of_people(turns: Sequence[tuple[bool, str]]) -> bool:
    """Whether a he or she is spoken of."""
    return any(_HE_OR_SHE.search(text) for _, text in turns)


def is_plural(phrase: str) -> bool:
    """Whether a noun phrase is of more than one."""
    last = re.split(r"\s(?:of|for|in|on|at|to|with|from)\s", phrase.lower())[0].split()[-1:]
    return bool(last) and (last[0] in _PLURALS or bool(re.search(r"[^sui]s$", last[0])) or " and " in phrase)


def sentences(text: str) -> list[str]:
    """The sentences of a turn, cut plainly."""
    return [sentence for sentence in _SENTENCE.split(text[:_LONGEST]) if sentence.strip()]


@lru_cache(maxsize=1024)
def mentions_of(text: str, asked: bool) -> tuple[Mention, ...]:
    """The names, titles and noun phrases of a turn; of a question (`asked`) the runs of its content words too."""
    found: list[Mention] = []
    for sentence in sentences(text):
        for match in _QUOTED.finditer(sentence):
            found.append(_mention(sentence, match[1] or match[2], match.start(), match.end(), quoted=True))
        for pattern in (_NAME, _JOINED):
            for match in pattern.finditer(sentence):
                name, start = _without_opener(match[0].rstrip("."), match.start())
                is_label = start == 0 and sentence[len(name) :].startswith(":")
                if name and not words_of(name) <= DATES and not (start == 0 and _is_opener(name)) and not is_label:
                    name = _with_its_noun(name, start, sentence) if asked else name
                    found.append(_mention(sentence, name, start, start + len(name)))
        phrases = [*noun_phrases(sentence), *(_runs(sentence) if asked or len(text) <= _FRAGMENT else ())]
        for phrase, start in phrases:
            if not any(phrase in mention.text for mention in found):
                found.append(_mention(sentence, phrase, start, start + len(phrase), is_name=False))
        if len(found) > _MOST:
            break
    return tuple(mention for mention in found[:_MOST] if words_of(mention.text))


def _with_its_noun(name: str, start: int, question: str) -> str:
    """A name that is part of what a question calls a thing, whole: "Data Science interns", "the Coursera program"."""
    verbs, end = verbs_by_place(question), start + len(name)
    while tail := re.match(r" ([a-z][a-z-]+)(?![\w'’])", question[end:]):
        word = tail[1]
        if word in STOPWORDS | VERBS | OPENERS | verbs or word.endswith(("ed", "ly")):
            break
        end += tail.end()
    return question[start:end]


def noun_phrases(sentence: str) -> Iterable[tuple[str, int]]:
    """What stands behind "the", "a", "his" and the like, up to the next function word or verb, with its start."""
    verbs = verbs_by_place(sentence)
    for match in re.finditer(r"\b(?:the|an?|his|her|their|its|this|these)\s+((?:[\w'’-]+\s?){1,5})", sentence, re.I):
        words: list[str] = []
        for word in match[1].split():
            if word in verbs or word.lower() in STOPWORDS or word.lower() in VERBS or (words and re.search(r"(?:ed|ly)$", word)):
                break
            words.append(word)
        if words and not words[-1][0].isdigit():
            yield " ".join(words), match.start(1)


def _runs(sentence: str) -> Iterable[tuple[str, int]]:
    """The runs of words that are neither function words nor common verbs, with their starts."""
    start, end, verbs = 0, 0, verbs_by_place(sentence)
    for match in (*TOKEN.finditer(sentence), None):
        word = match[0].lower() if match else ""
        if (
            match
            and word[0].isalnum()
            and (end or not word[0].isdigit())
            and word not in STOPWORDS | VERBS | OPENERS | verbs
            and not word.endswith(("ed", "ly"))
        ):
            start, end = (start if end else match.start()), match.end()
            if re.search(r"['’]s$", word):
                yield sentence[start : end - 2], start
                end = 0
        elif end:
            yield sentence[start:end], start
            end = 0


def verbs_by_place(question: str) -> frozenset[str]:
    """The words that are verbs by where they stand in a question; none in what is no question."""
    if not question.rstrip().endswith("?") and not re.match(rf"(?:wh\w+|how|{_AUXILIARY})\b", question, re.I):
        return frozenset()
    verbs = {match["verb"].lower() for pattern in _VERB_PLACES if (match := pattern.search(question))}
    if found := _SUBJECT.search(question):
        words = found["rest"].lower().split()
        end = next((number for number, word in enumerate(words) if word in STOPWORDS | VERBS), len(words))
        behind = words[end] if end < len(words) else ""
        last = words[end - 1] if end > 1 else ""
        if last in _ADJECTIVES if found["be"] else last and last[-1] != "s" and (not behind or re.fullmatch(_BOUND, behind)):
            verbs.add(last)
    return frozenset(verbs)


def candidates(turns: Sequence[tuple[bool, str]]) -> list[Candidate]:
    """What the turns named, the same thing once: a surname goes with the full name, "jam" with "plum jam"."""
    found: dict[frozenset[str], Candidate] = {}
    spelt, people = [_spellings(text) for asked, text in turns if not (asked and text[0].islower())], speaks_of_people(turns)
    small, large = frozenset[str]().union(*(one for one, _ in spelt)), frozenset[str]().union(*(one for _, one in spelt))
    for number, (asked, text) in enumerate(turns):
        for named in mentions_of(text, asked) if asked else _chief(mentions_of(text, asked), text):
            mention = _in_small(named, found) if _merely_opens(named, small, large, people=people) else named
            if mention is None:
                continue
            words = words_of(mention.text)
            candidate = found.setdefault(words, Candidate(mention.text, words))
            if mention.is_name and candidate.text == candidate.text.lower():
                candidate.text = mention.text
            candidate.mentions.append((number, mention))
    for words in [words for words in found if len(words) == 1]:
        full = next((other for other in found.values() if _is_full_name(other, words)), None)
        if full:
            full.mentions = sorted(full.mentions + found.pop(words).mentions, key=lambda at: at[0])
    for thing in [candidate for candidate in found.values() if _is_asked_thing(candidate, turns)]:
        for words in [words for words, part in found.items() if part is not thing and thing.text.startswith(f"{part.text} ")]:
            thing.mentions = sorted(thing.mentions + found.pop(words).mentions, key=lambda at: at[0])
    unnamed = [(words, candidate) for words, candidate in found.items() if candidate.text == candidate.text.lower()]
    for words, part in unnamed:
        since, tail = part.mentions[0][0], f" {part.text}"
        longer = [other for _, other in unnamed if other.text.endswith(tail) and other.mentions[0][0] <= since]
        if len(longer) == 1:
            longer[0].mentions = sorted(longer[0].mentions + found.pop(words).mentions, key=lambda at: at[0])
    return list(found.values())


@lru_cache(maxsize=1024)
def _spellings(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The words of a turn that stand in small letters, and those that have a capital although they open no sentence."""
    cut = [_WORD.findall(sentence) for sentence in sentences(text)]
    small = frozenset(word for words in cut for word in words if word[0].islower())
    return small, frozenset(word for words in cut for word in words[1:] if word[0].isupper())


def _merely_opens(mention: Mention, small: frozenset[str], large: frozenset[str], *, people: bool) -> bool:
    """Whether a word has its capital only because it opens a sentence or an item of a list: "Rye bread keeps …".

    Where the talk is of `people`, it is a surname unless it stands in small letters elsewhere.
    """
    word, rest = mention.text, mention.after.split()[:1]
    if not mention.is_name and " " in word and mention.sentence.startswith(word):
        return word[0].isupper() and word[1:] == word[1:].lower() and word.split()[0] not in large
    if not mention.is_name or mention.quoted or not word[1:].islower() or " " in word or not mention.sentence.startswith(word):
        return False
    if word in large or not rest:
        return False
    if word.lower() in small:
        return True
    if word.lower() in MALE | FEMALE or not rest[0][0].isalpha() or rest[0].endswith("ed") or rest[0] in _PAST:
        return False
    if people or (word.endswith("ing") and rest[0] in ("was", "had", "has")):
        return False
    return word.endswith(("ing", "s")) or rest[0] not in _PREDICATE


def _in_small(mention: Mention, found: dict[frozenset[str], "Candidate"]) -> Mention | None:
    """The noun phrase in small letters that opens a sentence; None for a verb ("Bake the rolls")."""
    sentence = mention.sentence[0].lower() + mention.sentence[1:]
    phrase = next((phrase for phrase, start in _runs(sentence) if start == 0), "")
    known = [text for candidate in found.values() if re.match(rf"{re.escape(text := candidate.text)}\b", sentence)]
    if not known:
        rest = TOKEN.findall(sentence[len(phrase) :])[:1]
        if " " in phrase and phrase.endswith("s") and rest and (rest[0][0].isdigit() or re.fullmatch(_BOUND, rest[0])):
            phrase = phrase.rsplit(" ", 1)[0]
        elif " " not in phrase and not (rest and rest[0] in _PREDICATE | VERBS):
            return None
    phrase = max(known, key=len, default=phrase)
    return _mention(sentence, phrase, 0, len(phrase), is_name=False) if words_of(phrase) else None


def _chief(mentions: Sequence[Mention], text: str) -> list[Mention]:
    """Of a long answer what its first sentence names, and what is named more than once."""
    cut = sentences(text)
    if len(cut) <= _SHORT:
        return list(mentions)
    times = Counter(words_of(mention.text) for mention in mentions if mention.is_name)
    return [mention for mention in mentions if mention.sentence == cut[0] or times[words_of(mention.text)] > 1]


def _is_asked_thing(candidate: Candidate, turns: Sequence[tuple[bool, str]]) -> bool:
    """Whether a question named it by a name with its noun (`_with_its_noun`)."""
    mixed = candidate.text[0].isupper() and candidate.text.split()[-1][0].islower()
    return mixed and any(turns[number][0] for number, _ in candidate.mentions)


def _is_full_name(candidate: Candidate, words: frozenset[str]) -> bool:
    parts = candidate.text.split()
    return (
        2 <= len(parts) <= 3
        and words < candidate.words
        and (words_of(parts[-1]) == words or words_of(parts[0]) == words)
        and all(part[0].isupper() or part in ("van", "de", "von", "der", "del") for part in parts)
    )


def _mention(sentence: str, text: str, start: int, end: int, *, quoted: bool = False, is_name: bool = True) -> Mention:
    before, after = TOKEN.findall(sentence[max(0, start - 40) : start]), TOKEN.findall(sentence[end : end + 40])
    return Mention(
        text=text.strip(),
        sentence=sentence,
        before=" ".join(before[-2:]).lower(),
        after=" ".join(after[:2]).lower(),
        opens=not before or before == ["The"] or (len(before) == 1 and not before[0].isalnum()),
        quoted=quoted,
        is_name=is_name or quoted,
    )


def _is_opener(name: str) -> bool:
    return name.lower() in OPENERS | STOPWORDS


def _without_opener(name: str, start: int) -> tuple[str, int]:
    """A name without the function words that open it ("In", "The")."""
    while " " in name and _is_opener(name.split()[0]) and name.split()[1][0].isalnum():  # "Will & Grace"
        rest = name.split(" ", 1)[1]
        start, name = start + len(name) - len(rest), rest
    return name, start
