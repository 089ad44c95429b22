"""Structure that runs inside a line: bullets and section labels, as in text scraped from a page.

A page's list or heading often arrives without its line ends: "… include: • one • two About the
team We are …". Both are found here in any text; nothing is changed.
"""

import re

__all__ = ["inline_bullets", "inline_labels"]

_ROUND_BULLET = re.compile(r"(?<=\s)[•‣▪◦●](?=\s)")
_DASH_BULLET = re.compile(r"(?<!\S)[-*–](?=[ \t]+[A-Z])")
_DASHES_THAT_MAKE_A_LIST = 3

_JOB_POSTING_LABEL = re.compile(
    r"(?<!\S)(?:About (?:the|our|this) (?:team|role|job|position|company|organi[sz]ation|business)|About (?:us|you)|"
    r"A day in the life|(?:Key job|Key|Job|Main|Your) responsibilities|(?:Basic|Preferred|Minimum|Required) qualifications|"
    r"(?:Job|Role) (?:description|summary)|What you[’']ll (?:do|bring|need)|What we (?:offer|are looking for)|Who (?:we|you) are|"
    r"Why join us\\??):?(?=\s+(?:[A-Z“\"•‣▪◦●]|[-*–]\s+[A-Z]))"
)
"""The usual section labels of job postings. A general rule for them is not safe: between the end of
one sentence and the capital of the next, "About the team" looks like any other words."""

_TITLE_WORD = r"[A-Z][\w/’'-]*"
_RUN_IN_TITLE = re.compile(
    r"(?<=[.!?]\s)(?!(?:If|At|In|On|As|For|With|When|While|Since|But|And|So|To|From|By|After|Before|The|This|That)\b)"
    rf"{_TITLE_WORD}(?:\s(?:{_TITLE_WORD}|&|and|of|for)){{0,3}}\s{_TITLE_WORD}(?=\s(?:We|Our|You|Your|Here)(?:[’'](?:re|ve|ll))?\s[a-z])"
)
"""Between two sentences, words in title case before a capital "We", "Our", "You", "Your" or "Here",
which stand at the beginning of a sentence only: "… at home. Hybrid Work We value …"."""


def inline_bullets(text: str, start: int, end: int) -> list[int]:
    """Where the bullets inside the lines of `text[start:end]` stand, in order.

    A dash or star is a bullet where at least three in the same line have a capital behind them; the
    line is looked at whole, also where it reaches out of `start` and `end`.
    """
    found = [match.start() for match in _ROUND_BULLET.finditer(text, start, end)]
    begin = text.rfind("\n", 0, start) + 1
    while begin < end:
        stop = text.find("\n", begin)
        stop = stop if stop >= 0 else len(text)
        dashes = [match.start() for match in _DASH_BULLET.finditer(text, begin, stop)]
        if len(dashes) >= _DASHES_THAT_MAKE_A_LIST:
            found.extend(dash for dash in dashes if start < dash < end)
        begin = stop + 1
    return sorted(found)


def inline_labels(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The spans of the section labels inside `text[start:end]`, in order, with words behind each."""
    return sorted(match.span() for pattern in (_JOB_POSTING_LABEL, _RUN_IN_TITLE) for match in pattern.finditer(text, start, end))
