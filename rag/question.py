"""What kind of thing a question asks for: one fact or a list, two sides, or several things at once."""

import re
from dataclasses import dataclass, field, replace

from rag.others import Meant, meant_by
from rag.words import MONTH

__all__ = ["ParsedQuestion", "parse_question"]

_COMPARISONS = (
    re.compile(
        r"\b(?:differences?|similarit\w+|comparison|distinction)\b.*?\bbetween\s+(?P<a>.+?)\s+(?:and|vs\.?|versus)\s+(?P<b>.+)", re.I
    ),
    re.compile(r"\bhow\s+(?:do|does|did|is|are)\s+(?P<a>.+?)\s+and\s+(?P<b>.+?)\s+(?:differ|different|compare)\b(?P<about>[^,?]*)", re.I),
    re.compile(r"\bcompared?\s+(?!(?:and|with|to|against)\b)(?P<a>.+?)\s+(?:and|with|to|against|vs\.?|versus)\s+(?P<b>.+)", re.I),
    re.compile(r"\bhow\s+(?:do|does|did|is|are)\s+(?P<a>.+?)\s+(?:differ|different|compare)\w*\s+(?:from|to|with|than)\s+(?P<b>.+)", re.I),
    re.compile(r"\b(?P<a>[\w' -]+?)\s+(?:vs\.?|versus)\s+(?P<b>.+)", re.I),
)
_TWO_QUESTIONS = re.compile(
    r"[,;]?\s+and\s+(?=(?:what|who|whom|whose|how|when|where|which|why|is|are|does|do|did|can)\b)|\?\s+(?=\S)", re.I
)
_SAME_PREPOSITION = re.compile(r"\b(?P<one>(?P<word>for|in|at|by|with|to|from)\s+[^,?]+?)\s*,?\s+and\s+(?P<other>(?P=word)\s+[^?]+)", re.I)
_HANGS = re.compile(
    r"^(?:how (?:many|much|long|often)|which|what|who)(?: (?:is|are|was|were|do|does|did|of|in|for|by|at|to|one))* "
    r"(?:them|they|it|each|every one|ones|these|those)(?: (?:of them|called|is|are|was|were))?\W*$",
    re.I,
)
"""A second question that is none without the first: "how many in each"."""
_EXCEPT = r"\b(?:besides|other than|except(?: for)?|apart from|excluding|not counting)\s+(?:the |an? |any )?"
_VERB = r"\b(?:is|are|was|were|do|does|did|can|could|may|must|should|will|has|have|had|list|name)\b"
_EXCEPTIONS = (
    re.compile(rf"^{_EXCEPT}(?P<what>[^,?]+),\s*", re.I),
    re.compile(
        rf"(?P<before>{_VERB}.*?),?\s*{_EXCEPT}(?P<what>[\w'’-]+(?:\s+(?!(?:when|if|in|at|on|for|to|that|who|which)\b)[\w'’-]+){{,3}})"
        r"(?=\s*(?:[?.!,;]|$))",
        re.I,
    ),
    re.compile(rf",\s*{_EXCEPT}(?P<what>[^,?]+),(?=\s)", re.I),
    re.compile(rf",?\s*{_EXCEPT}(?P<what>[\w'’-]+)", re.I),
)
"""What is left out: before the question; at the end of one that is whole without it; between commas; or one word in the middle."""
_PLURAL = r"(?!does\b|this\b|was\b|has\b|its\b|his\b)\w{3,}s\b(?! (?:an?|the|this|that|these|those|his|her|its|their|your|my|our)\b)"
"""A word in -s; before an article it is a verb ("which city hosts the …")."""
_LIST = re.compile(
    r"\b(?:list|name|what (?:are|kinds?|types?|sorts?|were)|who are|where can|ways|all the|examples? of)\b.*?\b" + _PLURAL + "|"
    r"\b(?:which|what)(?: of the| of these)?(?: [\w'’-]+){0,2}? " + _PLURAL,
    re.I,
)
_DEFINITION = re.compile(r"^(?:so )?(?:what|who)(?:'s| is| are| was| were)\b|\bmeans?\b|\bdefin|\bstands? for\b", re.I)

_DUTIES = re.compile(
    r"\bwhat (?:do|does|did|will|would|is|are) [^,;]+? (?<!\bto )do(?:ing)?"
    r"(?: (?:all day|every day|there|at work|(?:in|at) (?:the|that|this|his|her|their) \w+))?\s*\??$",
    re.I,
)
"""Ends in "do": "What does a baker do?"; not "What should I do when …"."""
_STEPS = re.compile(
    r"\bhow (?:do|can|should|must|to|would|does)\b(?! (?:much|many|long)\b)|\bsteps?\b|\bwhat (?:do|should|must) (?:I|we|you) do\b", re.I
)
_NAME_OF_ONE = re.compile(r"^(?:(?:and|but|so) )?which (?!of\b)(?:[\w'’-]+ )?(?P<one>[\w'’-]*[a-rt-z]) [a-z]", re.I)
"""Asks for the name of one of several: "Which principle is about …?"."""
_ABOUT_ONE = re.compile(r"^(?:so )?what(?:'s| is| was) (?:an?|the)\b|\bmeans?\b", re.I)

_NUMBER = (
    r"(?:\d[\d,.]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?|millions?|billions?|half)"
)
_UNITS_OF_TIME = r"(?:seconds?|sec|minutes?|mins?|hours?|hrs?|h|days?|weeks?|months?|years?|decades?|centur(?:y|ies))"
_MODAL = r"(?:can|could|may|might|must|should|would|needs?|ha(?:s|ve) to|is (?:eligible|allowed))"
_NAMES_OF_PLACES = r"\([A-Z]|^[A-Z][\w.]*(?: [A-Z][\w.]*)*(?:, [A-Z][\w.]*(?: [A-Z][\w.]*)*)+$"
_PLACE = rf"\b(?:[Ii]n|[Aa]t|[Nn]ear|from|to|of) (?:the )?[A-Z]|{_NAMES_OF_PLACES}"
_TOWN = rf"\b(?:[Ii]n|[Nn]ear|[Oo]utside|from|to|of|for|under) (?:the )?[A-Z]|{_NAMES_OF_PLACES}"
"""A town or country: one is "at" a company or a school."""
_WHEN = (
    r"(?:^|[,;:?] |\b(?:and|but|so|or) )when\b(?! (?:it comes|the|an?|I|you|we|they|my|your)\b)|"
    r"\b(?:since|until|from|by|know|say|tell me|exactly) when\b"
)
"""A "when" that asks; another begins a clause: "what happens when …"."""
_EXPECTED = tuple(
    (re.compile(asks, re.I), re.compile(answer))
    for asks, answer in (
        (r"\bhow long\b|\b(?:duration|length)s?\b", rf"(?i:\b{_NUMBER}\b[\w\s–-]{{0,24}}\b{_UNITS_OF_TIME}\b)"),
        (r"\bhow (?:many|much|often|big|large|high|old)\b", rf"(?i:\b{_NUMBER}\b)|%"),
        (r"\b(?:what|which) (?:percentage|percent|share|number|proportion)\b", rf"(?i:\b{_NUMBER}\b)|%"),
        (
            rf"{_WHEN}|\b(?:what|which) (?:year|date|day|month|century)\b",
            rf"\b[12]\d{{3}}s?\b|\b{MONTH}\b|\b(?i:century|throughout|year|dates?)\b",
        ),
        (
            rf"^(?:and |but |so )?who(?:m|se)?\b(?! {_MODAL}\b)",
            r"\b[A-Z][\w'’-]+ [A-Z][\w'’-]+",
        ),
        (r"\b(?:what|which) (?:city|cities|country|countries|state|town|regions?)\b", _TOWN),
        (r"\bwhere\b|\b(?:what|which) (?:place|locations?)\b", _PLACE),
    )
)
_KIND_WORDS = re.compile(
    r"\b(?:percentage|percent|share|number|proportion|duration|length|year|date|month|century|city|cities|country|countries|place|state|"
    r"town|locations?|located|regions?|mean(?:s|t|ing)?|definition|difference|differ|long|old|big|large|last|lasts)\b",
    re.I,
)
"""Words that say which kind of answer is wanted, and need not stand in it."""


_AND = r"(?:(?:and|but|so)\s+)?"
_YES_OR_NO = re.compile(rf"{_AND}(?:is|are|was|were|do|does|did|has|have|had|can|could|may|should|will|would)\b", re.I)
_ASKS = re.compile(rf"{_AND}(?:who|whom|whose|what|when|where|which|why|how)\b|{_YES_OR_NO.pattern}", re.I)


@dataclass(frozen=True, slots=True)
class ParsedQuestion:
    """A question read by its form.

    `subject`: the text without the words that only say which kind of answer is wanted. `parts`: the questions that it is made of, if
    several. `sides`: the two sides of a comparison. `wants_list`: it asks for several things, `excluded` ones not among them;
    `wants_duties`: for what someone does; `wants_steps`: for how something is done; `wants_name`: for which of several ("principle")
    something is; `about_one`: for what one thing is ("what is a …"). `expected`: a pattern that an answer of the asked kind (a duration,
    a number, a date, a person, a place) matches, or None for an open question. `meant`: which of several it is about. `is_asked`: a
    person asked it; not so one side of a comparison.
    """

    text: str
    subject: str
    parts: tuple[str, ...] = ()
    sides: tuple[str, ...] = ()
    excluded: str = ""
    wants_list: bool = False
    wants_definition: bool = False
    wants_duties: bool = False
    wants_name: str = ""
    wants_steps: bool = False
    about_one: bool = False
    expected: re.Pattern[str] | None = None
    meant: Meant = field(default_factory=Meant)
    asks_yes_or_no: bool = False
    is_asked: bool = True


def parse_question(text: str) -> ParsedQuestion:
    """Read a question by its form alone."""
    text = _marked(" ".join(text.split()))
    if left_out := next((found for pattern in _EXCEPTIONS if (found := pattern.search(text))), None):
        rest = text[: left_out.start()] + left_out.groupdict().get("before", "") + text[left_out.end() :]
        return replace(parse_question(rest), excluded=left_out["what"])
    first, *more = (part.strip(" ,;") for part in _TWO_QUESTIONS.split(text))
    if more and all(_HANGS.match(part) for part in more):
        listed = any(part.lower().startswith(("what", "which", "who")) for part in more)
        whole = parse_question(first)
        return replace(whole, wants_list=True, expected=None) if listed else whole
    sides = next((_sides(found) for pattern in _COMPARISONS if (found := pattern.search(text))), ())
    parts = _parts(text) if not sides else ()
    definition = bool(_DEFINITION.search(text))
    expected = next((answer for asks, answer in _EXPECTED if asks.search(text)), None)
    return ParsedQuestion(
        text,
        subject=_KIND_WORDS.sub(" ", text) if expected or sides or definition else text,
        parts=parts,
        sides=sides,
        wants_list=bool(_LIST.search(text)),
        wants_definition=definition,
        wants_duties=bool(_DUTIES.search(text)),
        wants_steps=bool(_STEPS.search(text)),
        wants_name=one["one"].lower() if expected is None and not _LIST.search(text) and (one := _NAME_OF_ONE.match(text)) else "",
        about_one=bool(_ABOUT_ONE.search(text)),
        expected=expected,
        meant=meant_by(text, yes_or_no=bool(_YES_OR_NO.match(text))),
        asks_yes_or_no=bool(_YES_OR_NO.match(text)),
    )


def _marked(text: str) -> str:
    """A question with its question mark: without it the models see another text, and the answer would be another."""
    return f"{text}?" if _ASKS.match(text) and text[-1].isalnum() else text


def _parts(text: str) -> tuple[str, ...]:
    """The questions that a question is made of: "… and which …?", "… for learning and for meeting people?"; none if it is one."""
    parts = tuple(part.strip(" ,;") for part in _TWO_QUESTIONS.split(text) if len(part.split()) > 2)
    if len(parts) < 2 and (twice := _SAME_PREPOSITION.search(text)):
        before, after = text[: twice.start()], text[twice.end() :]
        parts = (f"{before}{twice['one']}{after}", f"{before}{twice['other']}{after}")
    return parts if len(parts) > 1 else ()


def _sides(found: re.Match[str]) -> tuple[str, ...]:
    """Both sides as they would be searched for: of "research and applied scientists" the first is "research scientists"."""
    about = re.sub(r"^\s*(?:in|as to|on|about|when it comes to)\b|[?.! ]+$", "", found.groupdict().get("about") or "").strip()
    one, other = (re.sub(r"^(?:the|an?)\s+", "", side.strip(" ?.!,;"), flags=re.I) for side in (found["a"], found["b"]))
    other = re.sub(r",.*|\b(?:what|how|which|when)\b.*", "", other).strip() or other
    if not one or not other:
        return ()
    shared = other.split()[-1]
    one = f"{one} {shared}" if len(one.split()) == 1 < len(other.split()) and " and " not in other else one
    return tuple(f"{side}: {about}" if about else side for side in (one, other))
