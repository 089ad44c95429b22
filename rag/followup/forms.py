"""The forms of a follow-up question: where a pronoun stands in it, and how it reads with what it stands for."""

import re
from collections.abc import Container, Iterator

from rag.followup.lexicon import OPENERS, RELATIONAL, VERBS
from rag.followup.names import TOKEN, Candidate, content_words, is_plural, verbs_by_place
from rag.words import STOPWORDS

__all__ = [
    "PERSON",
    "about",
    "besides",
    "definite_nouns",
    "hangs",
    "is_fragment",
    "means_its_own",
    "names_its_own",
    "other_asked",
    "pronouns",
    "put",
    "slots",
    "subject_of",
    "topic_of",
    "topics_of",
    "wants_others",
    "with_article",
]

PERSON = re.compile(r"\b(?:he|she|him|her|his|hers)\b", re.I)
"""A pronoun of somebody; where it stays unknown who, a question is not asked about something else instead."""
_GROUP = re.compile(r"\b(?:they|them|their|theirs)\b", re.I)
_CLAUSE = re.compile(r"\b(?:and|but|or|because)\b|[,;?]")
_EMPTY_IT = (
    r"it(?=\s+(?:(?:so|too|very|really|more|still|not)\s+)?(?:make sense|hard|harder|easy|easier|difficult|tough|possible|impossible|"
    r"important|necessary|useful|helpful|better|best|good|bad|worth|wise|safe|common|likely|legal|allowed|true|normal|take|takes|took|"
    r"mean|means)\b[^,;?]*\s(?:to|that|worth)\b)"
)
"""The "it" of "Why is it hard for cooks to …" and "What does it take to …", which stands for what follows it."""
_WEATHER = r"(?:(?:is|was)\s+)?(?:raining|snowing|cold|warm|hot outside|dark)\b"
_THING = re.compile(
    rf"\b(?!{_EMPTY_IT})(?:its|it|these|those|there(?=\s*(?:$|[?.,;])))\b(?!\s+{_WEATHER})",
    re.I,
)
_CONDITION, _EACH = re.compile(r"\b(?:before|until|when|if|while)\b", re.I), re.compile(r"\b(?:an?|each|every)\s+\w", re.I)
_THIS_NOUN = re.compile(r"\b(?:this|these)\s+([\w-]+)", re.I)
_NOT_MEANT = r"(?:article|document|page|text|section|passage|file|paper|report|case|way|time|point|kind|type|sort|information|info)s?\b"
_DEMONSTRATIVE = re.compile(
    r"\b(?:this|these|those|(?:(?<=\b(?:of|by|in|at|on|to|do|is))|(?<=\b(?:for|did|was|the))|(?<=\b(?:with|from|does))|(?<=after)|(?<=about))"
    rf"\s*that)\b(?!\s+{_NOT_MEANT})",
    re.I,
)
"""A "this" that is not the document, the time or the way; a "that" that opens no clause."""
_ELSE = re.compile(
    r"\belse\b|\banything more\b|(?<!\bon )(?<!\band )(?<!\bor )(?<!\bwith )(?<!\bfrom )(?<!\bto )(?<!\bof )(?<!\bthe )\bother\b", re.I
)
_ASKS = re.compile(r"\?\s*$|^(?:who|what|when|where|which|why|how|is|are|was|were|do|does|did|has|have|had|can|could|any\w*|tell)\b", re.I)
_NAMES_OTHERS = re.compile(r"\b(?:other than|besides|apart from|aside from|in addition to|except)\b", re.I)
_THERE_WAS = re.compile(r"^(?:was|were|have|had|has) (?:there|any)\b", re.I)
_SHORT = re.compile(r"(?:any|best|most|what (?:other|was the)|who (?:was|were) the)\b|how [a-z]+\W*$", re.I)
_FRAGMENT = re.compile(
    r"^(?:in|at|for|to|from|by|with|on|since|until|under|of|as|up to)\s+(?:which|what|whom|whose|how (?:many|much|long|far|often))"
    r"(?:\s+[\w'’-]+){0,2}\s*\??$",
    re.I,
)
_DEFINITE = re.compile(
    r"\b(?:the|this|that|these|those)\s+(?:[\w'’-]+\s+)??(?P<noun>[\w-]+)(?=\s*(?:$|[?.,!]|\b(?!of\b)(?:[a-z]+)\b))", re.I
)
_WHO_IS = re.compile(rf"^who (?:is|was|are|were) the (?!(?:{'|'.join(sorted(RELATIONAL))})\b)[\w-]+\W*$", re.I)
_OWN_NAME = re.compile(r"(?<!^)\b(?!I\b)[A-Z]")
_SAY_ABOUT = re.compile(r"\b(?:say|says|said|decided?|agreed?|mentions?|written|stated?|tell me|know)\s+about\s+(.+)", re.I)
_SINGULAR = {"do": "does", "are": "is", "were": "was", "have": "has"}
_PLURAL_VERB, _SINGULAR_VERB = (re.compile(rf"(?<=\s)(?:{'|'.join(verbs)})(?=\s+$)", re.I) for verbs in (_SINGULAR, _SINGULAR.values()))
_QUALITIES = frozenset(
    """different true available similar possible happen right correct include apply cover work cost affect count depend change require
    cause allow contain""".split()
)
"""What may follow a "this" that stands alone: "Is this different from …"."""

_OF_ITS_SUBJECT = re.compile(
    r"(?:which|what)\s+(?:(?!(?:do|does|did|is|are|was|were|of)\b)[\w'’-]+\s+){1,3}?(?:(?:has|have|had)\s+\w+|\w+ed)\s+(?:\w+\s+)?(?:its|their)\b",
    re.I,
)
"""A thing whose own thing is asked about: "Which bakery has changed its name?"."""


def slots(question: str) -> Iterator[tuple[str, re.Match[str]]]:
    """The first pronoun of each kind that points back out of the question: person, group or thing, and the demonstratives."""
    for kind, pattern in (("person", PERSON), ("group", _GROUP), ("thing", _THING), ("thing", _DEMONSTRATIVE)):
        found = pattern.search(question)
        if found and not (kind == "person" and _OWN_NAME.search(question[: found.start()])):
            yield kind, found


def pronouns(question: str) -> int:
    """How many pronouns for a group or a thing there are."""
    return len(_GROUP.findall(question)) + len(_THING.findall(question))


def means_its_own(question: str) -> bool:
    """Whether its pronoun points back within it: "How long do the fairs last, and who runs them?"."""
    found = min((match.start() for pattern in (PERSON, _GROUP, _THING) if (match := pattern.search(question))), default=0)
    if _OF_ITS_SUBJECT.match(question):
        return True
    *earlier, _ = _CLAUSE.split(question[:found])
    if any(topic_of(clause) for clause in earlier):
        return True
    if re.match(r"th", question[found:], re.I) and (inner := _CONDITION.split(question[:found]))[1:]:
        return bool(_EACH.search(inner[0])) or is_plural(topic_of(inner[0]))
    return any(re.search(rf"\b{re.escape(match[1])}\b", question[: match.start()], re.I) for match in _THIS_NOUN.finditer(question))


def wants_others(question: str) -> bool:
    """Whether it asks for more of what was said, and does not say itself what it knows: "What else …?"."""
    return bool(_ELSE.search(question) and _ASKS.search(question) and not _NAMES_OTHERS.search(question))


def definite_nouns(question: str) -> list[str]:
    """The nouns behind "the" and "this" that nothing behind them explains, in lower case."""
    return [match["noun"].lower() for match in _DEFINITE.finditer(question)]


def names_its_own(question: str) -> bool:
    """Whether it holds a name."""
    return bool(_OWN_NAME.search(question))


def is_fragment(question: str) -> bool:
    """Whether it asks for a part of a sentence that it leaves out: "In which countries?", "for how long"."""
    return bool(_FRAGMENT.match(question)) and not verbs_by_place(question)


def hangs(question: str, said: frozenset[str]) -> bool:
    """Whether a question without a pronoun hangs on the conversation, of which `said` are the words without a plural's s.

    It names nothing, and is not more than a verb ("what was decided?"); or it names nobody and asks "Were there any prizes?", or for
    "the" thing that was talked about or that is always of something else ("the outcome").
    """
    if is_fragment(question) or not re.search(r"[^\W\d]", topic_of(re.sub(r"\b\w{2,}ed\b", "", question))):
        return True
    if names_its_own(question) or _WHO_IS.match(question):
        return False
    words = len(content_words(question))
    if (words <= 3 and _THERE_WAS.match(question)) or (words <= 2 and _SHORT.match(question)):
        return True
    return any(noun.removesuffix("s") in said or noun in RELATIONAL for noun in definite_nouns(question))


def topic_of(question: str) -> str:
    """The longest run of words that are neither function words nor common verbs; the last of equals."""
    longest = max(reversed(_runs(question)), key=lambda run: (any(word[0].isupper() for word in run), len(run)), default=[])
    return " ".join(longest)


def topics_of(question: str, *, but: Container[str]) -> str:
    """All these runs, without verbs in -ed and the words, in small letters and without a plural's s, in `but`."""
    runs = [
        [
            word
            for word in run
            if word.lower() not in OPENERS and not re.search(r"\wed$", word) and word.lower().removesuffix("s") not in but
        ]
        for run in _runs(question)
    ]
    return ", ".join(" ".join(run) for run in runs if run)


def _runs(question: str) -> list[list[str]]:
    runs: list[list[str]] = [[]]
    verbs = STOPWORDS | VERBS | verbs_by_place(question)
    for word in TOKEN.findall(question):
        if word[0].isalnum() and word.lower() not in verbs:
            runs[-1].append(word)
        else:
            runs.append([])
    return [run for run in runs if run]


def about(question: str, topic: str) -> str:
    """The question with its topic behind it: "How long (proofing)?"; beside one that stands there: "How long (proofing, rye)?"."""
    asked = question.rstrip("?. ")
    return f"{asked[:-1]}, {topic})?" if asked.endswith(")") else f"{asked} ({topic})?"


def besides(question: str, others: list[str]) -> str:
    """The question with what is known already before it: "Besides the tour, what else happened?"."""
    opening = question[0].lower() if question.split()[0].lower() in STOPWORDS | {"anything"} else question[0]
    *first, last = others
    known = f"{', '.join(first)} and {last}" if first else last
    return f"Besides {known}, {opening}{question[1:]}"


def other_asked(question: str, previous: str) -> str:
    """A "What else …?" with what the question before asked for, "What other benefits …?"; "Anything else?" in its words."""
    wanted = re.match(
        r"(?:what|which)\s+((?:(?!of\b)[a-z][\w'’-]*\s+){1,3}?)(?=(?:is|are|was|were|do|does|did|has|have|can|must|may|should|will)\b)",
        previous,
        re.I,
    )
    if wanted and not is_plural(wanted[1]):
        wanted = None
    asks = f"what other {wanted[1].strip()}" if wanted else "what else"
    if not content_words(re.sub(_ELSE, "", re.sub(r"\banything\b", "", question, flags=re.I))) and re.match(r"what|which", previous, re.I):
        rest = previous[wanted.end() :] if wanted else previous.split(" ", 1)[-1]
        return f"{asks} {rest}"
    if wanted:
        question = re.sub(r"(?<=\bwhat else )(?:is|was)\b", lambda verb: {"is": "are"}.get(verb[0], "were"), question, flags=re.I)
    return re.sub(r"\bwhat else\b", asks, question, flags=re.I)


def subject_of(question: str) -> str:
    """What a question is about: what stands behind the "about" of "What does the handbook say about pets?", or all of it."""
    found = _SAY_ABOUT.search(question)
    return found[1] if found else question


def put(found: re.Match[str], meant: Candidate) -> str:
    """The question with what is meant in place of its pronoun; behind it, where "this" has a noun that the name has not."""
    text, word = found.string, found[0].lower()
    before, after, name = text[: found.start()], text[found.end() :], with_article(meant, partly=text[: found.start()].endswith(" of "))
    follower = re.match(r"\s([a-z][\w'’-]*)", after)
    if word in ("his", "hers", "their", "theirs", "its") or (word == "her" and follower and follower[1] not in STOPWORDS - {"own"}):
        return before + (f"{name}'" if name.endswith("s") else f"{name}'s") + after
    if word.split()[-1] in ("this", "that", "these", "those"):
        space = " " if found[0][0].isspace() else ""
        noun = re.match(r"\s+([\w-]+)", after)
        if noun and re.search(rf"\b{re.escape(noun[1])}s?\b", meant.text, re.I):
            return f"{before}{space}the {meant.text}{after[noun.end() :]}"
        if noun and noun[1].lower() not in STOPWORDS | VERBS | _QUALITIES:
            return about(text, meant.text)
        return f"{before}{space}{name}{after}"
    if word == "they" and not is_plural(name):
        before = _PLURAL_VERB.sub(lambda verb: _SINGULAR[verb[0].lower()], before)
    elif word == "it" and meant.text[0].islower() and is_plural(name):
        before = _SINGULAR_VERB.sub(lambda verb: next(many for many, one in _SINGULAR.items() if one == verb[0].lower()), before)
    return f"{before}{name}{after}"


def with_article(meant: Candidate, *, partly: bool = False) -> str:
    """Its name as it stands in a sentence: a noun phrase with the article or the "my" that it had, or `partly` of it."""
    name, articles = meant.text, [mention.before.split()[-1:] for _, mention in meant.mentions]
    if name[0].islower():
        own = next((article[0] for article in articles if article in (["my"], ["our"])), "")
        bare = is_plural(name) and ["the"] not in articles
        return f"{own} {name}" if own else name if bare and not partly else f"the {name}"
    return f"the {name}" if name.endswith("s") and articles[-1] == ["the"] else name
