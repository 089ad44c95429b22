"""What people ask with other words than documents of a kind have: "the CFO", the chief financial officer; "how heavy", what weight."""

import re
from collections.abc import Callable
from functools import cache

from index import Searchable

__all__ = ["as_written_there"]

_SAME = """
dog cat hamster rabbit goldfish parrot kitten puppy: pet animal
friend relative: guest visitor
kid: child pupil
bike: bicycle
fridge: refrigerator
flat: apartment
apartment: flat
lift: elevator
elevator: lift
car van motorbike: vehicle
boss: manager supervisor
staff: employee personnel
doctor: physician practitioner
holiday: vacation leave
vacation: holiday leave
salary wage paycheck: pay compensation remuneration salary wage
pay: salary wage compensation
rent: lease
tenant renter: lessee tenant
landlord: lessor owner
job: position post role
quit: resign terminate leave
fire sack: dismiss terminate
buy: purchase
bill: invoice charge
refund: reimbursement repayment
reimburse: refund repay
fix mend: repair
broken: defective damaged faulty
trash garbage: rubbish waste
rubbish: waste garbage trash
movie: film
film: movie
autumn: fall
petrol: gas fuel
mobile cellphone: phone telephone
laptop: computer notebook
password: passcode pin
log-in: login
insurance: cover policy
coverage: cover insurance
photo picture: image photograph
begin: start commence
finish: end complete
kick-off: start
help: support assistance
helper: assistant
worker: employee
teammate coworker: colleague
colleague: coworker teammate
school: academy college
teacher: instructor tutor lecturer
pupil: student
student: pupil
lawyer: attorney solicitor
medicine drug: medication
medication: medicine drug
shop: store
store: shop
cheap: inexpensive
noisy: loud noise
phone: telephone mobile
parking: car-park garage
bin: waste rubbish
"""
"""Words of one use, and those that a document may have in their place, the nearest first."""
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
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*", re.I)
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


_IRREGULAR = {"childs": "children"}


def as_written_there(question: str, library: Searchable) -> str:
    """The question with each abbreviation that stands nowhere in the library spelt out, where its words do; long forms likewise.

    And "how heavy is …?" is what the weight of it is, "how tall …?" too where there is talk of heights only; a dog is a pet where no dog
    is named.
    """
    lexical = library.lexical()

    def known(text: str) -> bool:
        return all(lexical.frequency(term) for term in lexical.terms(text))

    for short, shortened, long, spelt in _PAIRS:
        if shortened.search(question) and not known(short) and known(long):
            question = shortened.sub(long, question)
        elif spelt.search(question) and not known(long) and known(short):
            question = spelt.sub(short, question)
    how = _HOW.search(question)
    if how and (how["quality"].lower() == "heavy" or not known(how["quality"])) and known(measure := _MEASURES[how["quality"].lower()]):
        asked = f"{'what' if how.start() else 'What'} {how['verb']} the {measure} of {how['what']}"
        question = question[: how.start()] + asked + question[how.end() :]
    return _in_known_words(question, known)


def _in_known_words(question: str, known: Callable[[str], bool]) -> str:
    """The question with each word that stands nowhere replaced by the first of its likes that does."""
    for word in _WORD.findall(question):
        singular = word.lower().removesuffix("s")
        likes = _likes().get(word.lower()) or _likes().get(singular, ())
        if likes and not known(word) and (like := next(filter(known, likes), "")):
            plural = "s" if word.lower() != singular and word.lower() not in _likes() else ""
            question = re.sub(rf"(?<![\w-]){re.escape(word)}(?![\w-])", _IRREGULAR.get(like + plural, like + plural), question, count=1)
    return question


@cache
def _likes() -> dict[str, tuple[str, ...]]:
    lines = (line.split(": ") for line in _SAME.strip().splitlines())
    return {word: tuple(likes.split()) for words, likes in lines for word in words.split()}
