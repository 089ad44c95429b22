"""The previous question asked again: of something else, under a condition, or made clear.

"And what about X?", "for X too?", "and X?"; "and if I work part-time?"; "I meant for X", or "X" where "Which one?" was asked back.
"""

import re

from rag.followup.forms import about, slots, topic_of, topics_of
from rag.followup.lexicon import AUXILIARY, VERBS
from rag.followup.likes import fitting, in_place_of_like
from rag.followup.names import TOKEN, content_words
from rag.words import STOPWORDS, YEAR

__all__ = ["I_MEANT", "PLEASE", "asked_again"]

_VERB = rf"(?:who|whom|whose|what|which|where|why|how|am|{AUXILIARY})\b"
_AND = re.compile(r"^(?:(?:ok(?:ay)?|thanks?|well|so)[,.!]?\s+)*(?:and|or|but)\s", re.I)
_WHAT_ABOUT = re.compile(r"^(?:what|how) about\s+(?P<other>[^,?]+)(?:[,?]\s*(?P<rest>.*))?$", re.I)
_ASIDE = re.compile(
    r"^(?:even|only|just|also|(?:is (?:it|that|this) )?(?:also )?(?:the )?same)\s+|[\s,]+(?:too|as well|also)(?=\W*$)", re.I
)
"""What such a question has beside what it is about: "even in the first year", "for interns too", "is it the same for interns"."""
_THE_SAME = re.compile(r"^(?:does|is) the same (?:also )?(?:apply|go|hold|true|valid) (?:to|for)\b", re.I)
_ANOTHER = re.compile(
    r"^(?:the )?(?:one|ones)?\s*(?P<preposition>for|to|in|at|of|with|without|on|from|under|during|before|after)\s+(?P<other>[^?]+)\??$",
    re.I,
)
"""What is asked about instead: "for experienced people", "the one in Luxembourg"."""
_DATE = re.compile(
    r"(?:the\s+)?(?:(?P<day>\w+days?|weekends?)|[Jj]anuary|[Ff]ebruary|March|April|May|June|July|August|\w+ember|October)\W*$"
)
_OTHER_TIME = re.compile(
    r"^(?:what about )?(?:(?P<turned>before|after|until|since|earlier|later|previously|afterwards)(?: (?:that|then))?|"
    r"(?P<now>(?:right )?now|today|nowadays|currently|these days|at the moment|then))\W*$",
    re.I,
)
_YEAR_BESIDE = re.compile(
    r"^(?:what about |how about )?(?:in )?(?:(?:a|one|the) year (?:earlier|before(?: that)?)|the (?:previous|prior) year|"
    r"(?P<later>(?:a|one|the) year (?:later|after(?: that)?)|the (?:next|following) year))\W*$",
    re.I,
)
_TURNED = re.compile(r"\b(?:before|after|until|since)(?=\s+\S)", re.I)
_TIME = re.compile(r"\s+(?:before|after|until|since|in|during|from|by)\s+(?:the\s+)?(?:\w+\s+)?(?:1[5-9]|20)\d\d\b[^?]*$")
_PLACE = re.compile(
    r"(?:in|on|at) the (?!\w*(?:day|month|year|week|morning|afternoon|evening|night|summer|winter|spring|autumn)s?\b)[\w -]+$", re.I
)
"""In place of another place at the end of a question; not of a time."""
_OWN_CLAUSE = re.compile(rf",\s+{_VERB}", re.I)
"""Behind what is asked about instead, a question of its own: "and for children, do they need a ticket?"."""
_WHAT_IS = re.compile(r"^what (?:is|was|are|were) the\b", re.I)
"""Behind it the last word says what is asked for, the one before it of what: "the exchange policy", and then refunds."""
_DOES = re.compile(r"^(?:do|does|did)\s+(?:(?:the|an?|my|our|your)\s+)?(?P<rest>.+)", re.I)
"""Behind its subject stands the verb, which no form gives away; what is asked about is its object, the last word."""
_MEASURES = re.compile(r"^(?:how (?:much|many|long|often|far|high|big|old)|which|what (?:is|are|was|were))\b", re.I)
"""Has another answer on a condition; of other questions "what if" asks what happens then."""
_CONDITION = re.compile(
    rf"^(?:(?:what|how about)\s+)?(?P<clause>(?:if|unless|once|when(?!\s+{_VERB}))(?!\s+(?:so|not|yes|no|any)\b\W*$)\s+[^,;:?]+)\??$", re.I
)
_STANDS_ALONE = re.compile(
    r"^(?:the|my|our|your) (?!ones?\b)[\w'’-]+(?: (?!ones?\b)[\w'’-]+)? (?:of|under|in|for|at|on|with|from|during) \w", re.I
)
"""Names a thing and where it is sought: "the glasses under Comfort"."""
_WHAT_IF_ALONE = re.compile(
    r"^what if (?!(?:I|we|you|he|she|it|they|this|that|these|those|there|not|one|(?:some|any)(?:one|body|thing))(?:['’]\w+)?\b)",
    re.I,
)
"""With a subject of its own it is a question of its own: "What if the connection fails?"."""
I_MEANT = re.compile(
    r"^(?:(?:no|sorry|well|oh|oops|ah|ok|okay|actually)\b[,.!]?\s*)*I(?:['’]m| am| was)?\s+"
    r"(?:mean(?:t)?(?:\s+to\s+(?:ask|say))?|(?:asking|talking|speaking|thinking)\s+(?:about|of|for)|referring\s+to|asking)\b[,:]?\s*",
    re.I,
)
PLEASE = re.compile(r",?\s+(?:pls|please|thanks|thank you)(?=\W*$)", re.I)
_ASKS = re.compile(rf"(?:^|[,;.]\s*)(?:{_VERB}|(?:when|any\w*|tell|show|list|give|explain|describe|compare|find)\b)", re.I)
_ASKED_BACK = re.compile(r"\b(?:which|what|specify|clarify|more specific)\b[^.?!]*\?\s*$", re.I)
_ABOUT_IT = re.compile(
    r"^(?:I(?:['’]m| am)\s+(?:interested\s+(?:in|to\s+know\s+about)|in)|I\s+want\s+to\s+know\s+about|it(?:['’]s| is))\s+(?:the\s+)?", re.I
)
_NAME_WORDS = 4
_LONGEST = 12
"""Words of a condition alone, or of an answer to a question that was asked back; longer ones stand on their own."""


def asked_again(question: str, bare: str, previous: str, last: str) -> str:
    """The previous question, completed by this one; or nothing, where this one is a question of its own.

    Args:
        question: as it was asked.
        bare: the same without "And", "Ok", "I meant".
        previous: the question before it, completed.
        last: what was said last.
    """
    return (
        _at_another_time(bare, previous)
        or _of_another(question, bare, previous)
        or _on_condition(question, bare, previous)
        or _clarified(question, previous, last)
    )


def _at_another_time(bare: str, previous: str) -> str:
    """For "And now?", "and after?", "a year earlier?": in place of the time that the previous question names."""
    previous = previous.rstrip("?. ")
    if (beside := _YEAR_BESIDE.match(bare)) and len(years := YEAR.findall(previous)) == 1:
        return f"{previous.replace(years[0], str(int(years[0]) + (1 if beside['later'] else -1)))}?"
    if not (found := _OTHER_TIME.match(bare)):
        return ""
    if turned := found["turned"]:
        other, times = _TURNED.subn(turned.lower(), previous)
        return f"{other if times == 1 else f'{previous} {turned.lower()}'}?"
    return f"{_TIME.sub('', previous)} {found['now'].lower()}?"


def _of_another(question: str, bare: str, previous: str) -> str:
    topic = re.sub(r"(?<=\w)(?: \w+ed)+$", "", topic_of(_TIME.sub("", previous.rstrip("?. "))) or topic_of(previous))
    if (
        (instead := _WHAT_ABOUT.match(bare))
        and not _STANDS_ALONE.search(instead["other"])
        and not re.match(r"[a-z]+ing\s", instead["other"])
        and not any(found[0] == instead["other"].strip() for _, found in slots(instead["other"].strip()))
    ):
        return _ask_of(previous, topic, instead["other"].strip())
    rest = _ASIDE.sub("", _THE_SAME.sub("for", bare))
    another = None if _OWN_CLAUSE.search(rest) else _ANOTHER.match(rest)
    if another and (bare != question or not re.search(rf"\b{_VERB}", another["other"], re.I)):
        return _ask_of(previous, topic, rest)
    if not _AND.match(question):
        return ""
    other = bare.rstrip("?. ")
    return _ask_of(previous, topic, other) if _only_names(bare) else _ask_of_like(previous, other)


def _on_condition(question: str, bare: str, previous: str) -> str:
    found = _CONDITION.match(bare)
    if not found or _WHAT_IF_ALONE.match(question) or _ASKS.search(found["clause"], 2) or len(bare.split()) > _LONGEST:
        return ""
    clause = found["clause"].rstrip(". ")
    if re.match(r"what if\b", bare, re.I) and not _MEASURES.match(previous):
        known = {word.lower().removesuffix("s") for word in TOKEN.findall(clause)}
        topics = topics_of(previous, but=known)
        asked = f"What happens {clause[0].lower()}{clause[1:]}?"
        return about(asked, topics) if topics else asked
    return f"{previous.rstrip('?. ')} {clause[0].lower()}{clause[1:]}?"


def _clarified(question: str, previous: str, last: str) -> str:
    """Made clear by "I meant …", or by the answer to a question that was asked back."""
    if meant := I_MEANT.match(question):
        said = PLEASE.sub("", question[meant.end() :]).rstrip("?.! ")
        if _only_names(said) and re.match(r"(?:the|an?)\s|[A-Z]", said):
            return _ask_of(previous, topic_of(previous), said)
        return about(previous, said) if content_words(said) and not _ASKS.search(said) else ""
    if "?" in question or _ASKS.search(question) or len(question.split()) > _LONGEST or not _ASKED_BACK.search(last):
        return ""
    named = _ABOUT_IT.sub("", question).rstrip(".! ")
    return about(previous, named) if content_words(named) else ""


def _only_names(question: str) -> bool:
    """Whether a question is a short noun phrase: "the second floor?"."""
    words = TOKEN.findall(re.sub(r"^(?:the|an?)\s+", "", question.lower().rstrip("?. ")))
    return 0 < len(words) <= _NAME_WORDS and not any(word in STOPWORDS | VERBS or not word[0].isalnum() for word in words)


def _ask_of(previous: str, topic: str, other: str) -> str:
    """The previous question asked of something else: in place of its phrase with the same preposition, or of its topic."""
    previous = previous.rstrip("?. ")
    if replaced := _ask_of_like(previous, other.rstrip("?. ")):
        return replaced
    if date := _DATE.match(other):
        return f"{previous} {'on' if date['day'] else 'in'} {other.rstrip('?. ')}?"
    if another := _ANOTHER.match(other):
        preposition = another["preposition"].lower()
        asked = f"{preposition} {another['other'].rstrip('. ')}"
        previous = re.sub(rf"\s*\({preposition} [^()]*\)$", "", previous, flags=re.I)
        if re.search(rf"\s{preposition}$", previous, re.I):  # "look for", and then for whom
            return about(previous, asked)
        phrase = rf"\b{preposition}\s+(?!the\b\s*$)(?:(?!\b{preposition}\b)[^,])+$"
        if like := in_place_of_like(previous, another["other"].rstrip(". ")):
            return f"{like}?"
        last = re.search(phrase, previous, re.I)
        if last and re.search(r"\sones?$", asked):
            asked = f"{asked.rpartition(' ')[0]} {last[0].split()[-1]}"
        if not last and _PLACE.match(asked) and (last := _PLACE.search(previous)):
            return f"{previous[: last.start()]}{asked}?"
        replaced, found = re.subn(phrase, lambda _: asked, previous, flags=re.I)
        return f"{replaced if found else f'{previous} {asked}'}?"
    if (does := _DOES.match(previous)) and len(topic.split()) > 2 and does["rest"].startswith(topic):
        return f"{previous[: does.start('rest')]}{topic.rpartition(' ')[0]} {other}{does['rest'].removeprefix(topic)}?"
    if topic and topic in previous:
        if _WHAT_IS.match(previous) and " " not in other and re.fullmatch(r"[a-z-]+ [a-z-]+", topic):
            other = f"{other} {topic.split()[1]}"
        before, after = previous.split(topic, 1)
        definite = other.lower().startswith("the ")
        if re.search(r"\b(?:the|an?)\s$", before, re.I):
            other = re.sub(r"^(?:the|an?)\s+", "", other)
        name = " ".join(word for word in topic.split() if word[0].isupper())
        asked = f"{fitting(before, other)}{other}{after}?"
        return about(asked, name) if name and definite and other == other.lower() else asked
    return f"{previous} {other}?"


def _ask_of_like(previous: str, other: str) -> str:
    if len(other.split()) > _NAME_WORDS or _ANOTHER.match(other):
        return ""
    replaced = in_place_of_like(previous.rstrip("?. "), other)
    return f"{replaced}?" if replaced else ""
