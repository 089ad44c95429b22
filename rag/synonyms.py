"""What people ask with other words than documents of a kind have: "the CFO", the chief financial officer; "how heavy", what weight."""

import re

from index import Searchable

__all__ = ["as_written_there"]

_MEASURES = {
    "heavy": "weight",
    "long": "length",
    "tall": "height",
    "high": "height",
    "deep": "depth",
    "wide": "width",
    "fast": "speed",
    "hot": "temperature",
    "warm": "temperature",
    "old": "age",
    "loud": "noise level",
    "expensive": "price",
    "big": "size",
    "large": "size",
}
_HOW = re.compile(rf"\bhow (?P<quality>{'|'.join(_MEASURES)}) (?P<verb>is|are|was|were) (?P<what>(?:the |an? |my |our |this )?[^?]+)", re.I)
"""A quality that tables and lists of properties name by its measure."""
_SHORT = """
CEO chief executive officer
CFO chief financial officer
COO chief operating officer
CTO chief technology officer
CIO chief information officer
HR human resources
PTO paid time off
VAT value added tax
AGM annual general meeting
GP general practitioner
UK United Kingdom
USA United States
US United States
EU European Union
UN United Nations
NGO non-governmental organisation
AI artificial intelligence
ML machine learning
NLP natural language processing
IT information technology
UI user interface
UX user experience
OS operating system
QA quality assurance
KPI key performance indicator
ROI return on investment
SLA service level agreement
NDA non-disclosure agreement
GPA grade point average
CV curriculum vitae
DOB date of birth
HQ headquarters
WFH work from home
PPE personal protective equipment
APR annual percentage rate
BMI body mass index
ICU intensive care unit
ETA estimated time of arrival
AC air conditioning
TV television
"""


def _pattern(words: str, flags: re.RegexFlag) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){words}(?=s?(?![\w-]))", flags)


_PAIRS = tuple(
    (short, _pattern(short, re.NOFLAG), long, _pattern(long, re.I))
    for short, long in (line.split(" ", 1) for line in _SHORT.strip().splitlines())
)


def as_written_there(question: str, library: Searchable) -> str:
    """The question with each abbreviation that stands nowhere in the library spelt out, where its words do; long forms likewise.

    And "how heavy is …?" is what the weight of it is, where there is talk of weights only.
    """
    lexical = library.lexical()

    def known(text: str) -> bool:
        return all(lexical.frequency(term) for term in lexical.terms(text))

    for short, shortened, long, spelt in _PAIRS:
        if shortened.search(question) and not known(short) and known(long):
            question = shortened.sub(long, question)
        elif spelt.search(question) and not known(long) and known(short):
            question = spelt.sub(short, question)
    if (how := _HOW.search(question)) and not known(how["quality"]) and known(measure := _MEASURES[how["quality"].lower()]):
        asked = f"{'what' if how.start() else 'What'} {how['verb']} the {measure} of {how['what']}"
        question = question[: how.start()] + asked + question[how.end() :]
    return question
