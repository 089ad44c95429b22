"""What of the previous question is of the same kind as what is asked about now: the Saturdays of "… on Saturdays?" for "And Sundays?"."""

import re

from rag.followup.lexicon import VERBS
from rag.followup.names import is_plural
from rag.gate.polarity import kind_words
from rag.words import STOPWORDS

__all__ = ["fitting", "in_place_of_like"]

_WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|weekend|weekday|workday|(?:(?:public|bank) )?holiday)s?"
_MONTH = r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
_KINDS = tuple(
    re.compile(rf"\b{words}(?![\w-])", re.I)
    for words in (
        _WEEKDAY,
        _MONTH,
        r"(?:spring|summer|autumn|winter)",
        r"(?:first|second|third|fourth|fifth|last|next|previous|other)",
        r"(?:morning|afternoon|evening|night)s?",
        r"(?:1[5-9]|20)\d\d",
        r"(?:breakfast|lunch|dinner|supper)s?",
        r"(?:adult|child|kid|baby|infant|toddler|teenager|youth|senior|pensioner|student|pupil|member|non-member|visitor|guest|resident|"
        r"newcomer|beginner|apprentice|trainee|intern|contractor|freelancer|employee|manager|volunteer|parent|carer|famil(?:y|ie)|group)"
        r"(?:s|ren)?",
        r"(?:dog|cat|bird|rabbit|horse|pet)s?",
        r"(?:car|bus|train|bike|bicycle|motorcycle|van|truck|lorr(?:y|ie)|taxi|plane)(?:s|es)?",
    )
)
_QUARTER = re.compile(r"Q[1-4]\b")
_MODIFIERS = 3
_PERSON = re.compile(r"\b[A-Z][a-z'’-]+(?: [A-Z][\w'’.-]+)+\b")
"""A name of two words or more."""
_NAME = re.compile(r"(?<!^)(?<!\w)(?!I\b)[A-Z][\w'’.-]*(?:(?: (?:&|and|of|of the|de|van|von))? [A-Z][\w'’.-]*)*")
_THING = re.compile(
    r"(?<=\bthe )(?:[\w'’-]+ ){1,2}[a-z][\w'’-]+(?=\s*(?:$|[?.,]|\b(?:of|in|at|for|on|to|with|cost|have|has|include|take|last)\b))"
)


def in_place_of_like(previous: str, other: str) -> str:
    """The previous question with `other`, a noun phrase, in place of its like; nothing where it has none.

    Alike are two days, months, seasons, meals or people, as lists of common words have them, two names, two kinds of things
    ("public", "private"; `rag.gate.polarity`), words with the same end behind a hyphen ("full-time", "part-time"), and phrases with the
    same last word ("the north end", "the south end"), for which "one" may stand ("the south one").
    """
    bare = re.sub(r"^(?:the|an?)\s+", "", other)
    if not bare.strip():
        return ""
    for kind in _KINDS:
        if kind.fullmatch(bare) and len(found := list(kind.finditer(previous))) == 1:
            return _replaced(previous, (_without_kind(previous, found[0].start()), found[0].end()), other)
    if _PERSON.fullmatch(bare) and len(found := [name for name in _PERSON.finditer(previous, 1) if not _is_time(name[0])]) == 1:
        return _replaced(previous, found[0].span(), bare)
    if _NAME.fullmatch(f" {bare}", 1) and len(found := [name for name in _NAME.finditer(previous) if not _is_time(name[0])]) == 1:
        return _replaced(previous, found[0].span(), bare)
    if replaced := _of_another_kind(previous, bare):
        return replaced
    if (ones := re.fullmatch(r"(?P<which>.+) ones?", bare, re.I)) and (thing := _thing(previous)):
        return previous[: thing.start()] + f"{ones['which']} {thing[0].split()[-1]}" + previous[thing.end() :]
    tail = re.search(r"-[^\W\d]+$", bare)
    if tail and len(found := list(re.finditer(rf"\b\w+{re.escape(tail[0])}\b", previous, re.I))) == 1:
        return _replaced(previous, found[0].span(), bare)
    head = bare.split()[-1]
    if " " in bare and len(found := list(re.finditer(rf"\b{re.escape(head)}(?![\w-])", previous, re.I))) == 1:
        start = _phrase_start(previous, found[0].start())
        if start < found[0].start():
            return _replaced(previous, (start, found[0].end()), other)
    return ""


def _is_time(name: str) -> bool:
    return any(kind.search(name) for kind in _KINDS[:3]) or bool(_QUARTER.match(name))


def _of_another_kind(previous: str, bare: str) -> str:
    """With "private", or "the private ones", in place of the one "public" of the previous question."""
    which = re.sub(r"\s+ones?$", "", bare, flags=re.I)
    kinds = {(group, side) for group, side, _ in kind_words(which)}
    for group, side in kinds if " " not in which else ():
        found = [word for other, its, word in kind_words(previous) if other == group and its != side]
        if len(found) == 1:
            return f"{previous[: found[0].start]}{which}{previous[found[0].start + len(found[0].text) :]}"
    return ""


def _thing(previous: str) -> re.Match[str] | None:
    """The thing of which there may be another one: a noun with what stands before it, the last in the question."""
    things = list(_THING.finditer(previous))
    return things[-1] if things else None


def _replaced(previous: str, span: tuple[int, int], other: str) -> str:
    """In place of a day or month also its preposition is what the other one wants: "at weekends", "on Mondays"."""
    start, end = span
    for kind, preposition in ((_WEEKDAY, "at" if re.match("weekend", other, re.I) else "on"), (_MONTH, "in")):
        before = re.search(r"\b(?:on|at|in)\s+$", previous[:start])
        if before and re.fullmatch(kind, other, re.I):
            return f"{previous[: before.start()]}{preposition} {other}{previous[end:]}"
    return f"{fitting(previous[:start], other)}{other}{previous[end:]}"


def fitting(before: str, noun: str) -> str:
    """What stands before a noun phrase that is exchanged for `noun`, with an article that fits it or none."""
    article = re.search(r"\b(?P<article>the|an?)\s+$", before, re.I)
    if not article:
        return before
    if re.match(r"(?:the|an?|my|our|your|his|her|its|their)\s", noun, re.I):
        return before[: article.start()]
    if article["article"].lower() == "the":
        return before
    return before[: article.start()] + ("" if is_plural(noun) else "an " if re.match(r"[aeiou]", noun, re.I) else "a ")


def _without_kind(previous: str, start: int) -> int:
    """Where a noun begins with the kind that stands before it: contractors are not asked about as "full-time contractors"."""
    kind = re.search(r"\b\w+-\w+\s+$", previous[:start])
    return kind.start() if kind else start


def _phrase_start(previous: str, at: int) -> int:
    """Where the words begin that stand before a noun and belong to it."""
    words = list(re.finditer(r"[\w'’-]+", previous[:at]))[-_MODIFIERS:]
    start = at
    for word in reversed(words):
        if word[0].lower() in STOPWORDS | VERBS:
            break
        start = word.start()
    return start
