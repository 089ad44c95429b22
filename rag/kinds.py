"""What an answer cannot do without, where the question's form says so: "how many" wants a number, "which month" the name of one.

The forms are narrow, and what satisfies them is wide, since nothing but its absence is used: a sentence without any number does not
say how many, however near to the question it is. How rarely an answer lacks its kind stands in docs/limits.md.
"""

import re

__all__ = ["counted_in", "holds_kind"]

_NUMBER = (
    r"(?:\d[\d,.]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|"
    r"(?:twen|thir|for|fif|six|seven|eigh|nine)ty|dozens?|hundreds?|thousands?|millions?|billions?|trillions?|half|quarter|third|"
    r"both|single|couple|pair|no|none|once|twice)"
)
_TIME = (
    r"(?:seconds?|sec|minutes?|mins?|hours?|hrs?|h|days?|nights?|weeks?|months?|quarters?|semesters?|seasons?|summers?|years?|decades?|generations?|"
    r"centur(?:y|ies))"
)
_MONTH = (
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b"
)
_DAY = r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|\b\d{1,2}(?:st|nd|rd|th)\b|\b(?:Easter|Christmas)\b"
_YEAR = r"\b1\d{3}s?\b|\b20\d\ds?\b|\b\d{1,4} (?:BCE?|AD|CE)\b|'\d\ds?\b"
_SPAN = rf"(?i:\b(?:{_NUMBER}|several|many|few|an?|every|per|each)\b[\w\s–-]{{0,24}}\b{_TIME}\b)"
_LASTING = r"(?i:\b(?:until|since|throughout|for ?ever|for life|lifetime|permanent\w*|years|months|decades|centuries)\b)"
_OFTEN = (
    r"(?i:\b(?:hourly|daily|weekly|monthly|quarterly|yearly|annual(?:ly)?|times|every|each|per|always|never|rarely|seldom|"
    r"sometimes|often|once|twice|usually|occasional(?:ly)?|frequent(?:ly)?|regular(?:ly)?)\b)"
)
_SOME_TIME = (
    rf"(?i:\b(?:{_TIME}|before|after|during|till|until|since|when(?:ever)?|once|while|upon|as soon as|by|at|spring|autumn|winter|"
    r"fall|morning|evening|noon|midnight|today|now|ago|soon|early|late|later|currently|yearly|annually|era|period|age|times?|dates?|"
    r"war|first)\b)"
)
_CURRENCY = r"(?:dollars?|cents?|euros?|pounds?|yen|francs?|marks|rupees?|USD|EUR|GBP|CHF|JPY)"
_MONEY = (
    rf"[$€£¥]\s?\d|\d\s?[$€£¥%]|\b{_CURRENCY} ?\d|\d[\d,.]*\s?(?:(?:thousand|million|billion|trillion) )?{_CURRENCY}\b|"
    r"(?i:\b(?:free|unpaid|no cost|percent)\b)"
)
_NO_NAME = (
    r"(?!(?:The|An?|In|On|At|It|Its|This|That|These|Those|He|She|They|We|You|For|From|To|Of|As|By|With|And|But|Or|When|While|If|After|"
    r"Before|During|There|Some|Many|Most|Each|All|His|Her|Their|Our|Your|My|Both|One|Two|Three|Not|No)\b)"
)
"""What is capital at the head of a sentence only."""
_NAME = rf"\b{_NO_NAME}[A-Z][a-z]+"
_PERSON = (
    rf"(?!{_MONTH}|{_DAY}){_NAME}|\b[A-Z]{{2,}}\b|(?i:\b(?:I|we|you|he|she|they|me|us|him|her|them|my|our|your|their|his|any ?one|"
    r"every ?one|some ?one|nobody|no one|people|persons?|team|staff|board|committee|council|members?|users?|parents?|child(?:ren)?|guests?|"
    r"m[ae]n|wom[ae]n|king|queen|boss|chief|head|government|company|landlord|owners?|nurses?|couple|public|police|army|family|"
    r"[a-z]{3,}(?:er|or|ist|ian|ant|ent|ee|eur|ess|ary|ive|man|woman|men)s?)\b)"
)
"""A name, a pronoun, or a word that looks like one for people."""
_SUM = r"(?:salar(?:y|ies)|wages?|prices?|fees?|tuition|budget|bonus|costs?|pay)"
_COSTS = r"(?:costs?|earns?|earned|pays?|paid|spen[dt]|worth|charged?|makes?)"

_KINDS = tuple(
    (re.compile(asks, re.I), re.compile(holds), own)
    for asks, holds, own in (
        (rf"\bhow many {_CURRENCY}\b|\bhow much (?:money\b|(?:do|does|did|is|are|was|were|will|would|can)\b.*\b{_COSTS}\b)", _MONEY, False),
        (rf"\bwhat(?:'s| is| are| was| were) (?:the |his |her |their )?(?:\w+ ){{0,2}}{_SUM}\b(?! of living)", _MONEY, False),
        (
            r"\bwhat (?:do|does|did|will|would) (?:[\w'-]+ ){1,6}(?:pay|cost|charge|earn)(?: (?:a|per|each|every) \w+)?\s*[?.!]*$",
            _MONEY,
            False,
        ),
        (r"\b(?:what|which) year\b", _YEAR, False),
        (r"\b(?:what|which) months?\b", _MONTH, False),
        (r"\b(?:what|which) (?:date|day)\b", rf"{_MONTH}|{_DAY}", False),
        (
            r"\b(?:what|when)(?:'s| is| was) the (?:\w+ ){0,2}"
            r"(?:notice period|deadline|due date|closing date|start date|end date|opening hours)\b",
            rf"{_SPAN}|{_MONTH}|{_DAY}|{_YEAR}|\d\d?(?::\d\d| ?[ap]\.?m)",
            False,
        ),
        (r"\bhow long\b", rf"{_SPAN}|{_LASTING}|\d{{4}}", False),
        (r"\bhow (?:often|frequently)\b", rf"{_OFTEN}|(?i:\b{_NUMBER} {_TIME}\b)|%", False),
        (
            r"\bhow (?:many|far|tall|heavy|fast|old|deep|wide|high)\b|"
            r"\b(?:what|which) (?:percentage|percent|share|number|proportion|fraction|age|GPA|score)\b",
            rf"(?i:\b{_NUMBER}\b)|\d+|%",
            True,
        ),
        (r"^(?:and |but |so )?who\b(?! (?:can|could|may|might|must|should|would|needs?|cares)\b)", _PERSON, True),
        (r"\b(?:what|which) (?:city|cities|country|countries|state|town|province|county|continent)\b", _NAME, True),
        (
            r"\b(?:what|which) (?:university|college)\b",
            r"\b(?:Universit\w+|College|Institute|School|Academy|Harvard|Yale|Oxford|Cambridge|Princeton|Stanford|[A-Z]{3,})\b",
            False,
        ),
        (
            r"^(?:and |but |so )?when (?:is|are|was|were|do|does|did|will|can|has|have|had)\b",
            rf"{_MONTH}|{_DAY}|\d|{_SOME_TIME}",
            False,
        ),
        (r"\b(?:phone|fax) number\b|\be-?mail address\b|\b(?:web ?site|web address|URL)\b", r"\d[\d ()/-]{5,}|@|https?:|www\.", False),
    )
)
"""What a question asks for, what holds such a thing, and whether that must be another than the question names itself."""
_SAYS_NOT = re.compile(
    r"\b(?:not|nor|never|no)\b.{0,20}\b(?:state[sd]?|specif\w+|mention\w*|sa(?:y|ys|id)|give[sn]?|list(?:ed)?|disclos\w+|known|fixed|set)\b",
    re.I,
)
"""That a thing is not said is an answer too: "The posting does not state a length."."""

_COUNTED = re.compile(
    r"\bhow many (?!(?:[\w'’-]+ ){0,2}(?:people|persons)\b)(?:[\w'’-]+ ){0,3}?"
    r"((?!(?:is|was|has|does|its|this|us)\b)[\w'’-]*[a-rt-z]s|children|feet|teeth)\b",
    re.I,
)
"""What "how many" counts: the first word behind it that looks like a plural. Not people: bakers are, too."""
_COUNTING = re.compile(rf"(?i:\b{_NUMBER}\b)(?=(?P<counted>(?:\W+[\w'’-]+){{1,4}}))")
_COUNTING_NOTHING = re.compile(rf"(?i:\b{_NUMBER}\b)(?=\s*(?:$|[.,;:()%\]]|and\b|or\b))")
_COUNTS_OTHER = 0.46
"""Where all numbers count something else. Of the questions on SQuAD 2.0's fitted articles that ask how many of something, the documents
answer 80 of 122 whose best sentence counts such things, 24 of 57 beside whose number nothing stands, and 9 of 33 whose best sentence
counts others alone: odds of 1.9 and 0.38, which at the sign's weight is this."""


def holds_kind(question: str, answer: str) -> float:
    """How far a sentence holds a thing of the kind that a question asks for, 0–1; 1 where the question's form says nothing."""
    for asks, holds, own in _KINDS:
        if asks.search(question):
            named = set(re.findall(r"[\w'’]+", question.lower()))
            if _SAYS_NOT.search(answer):
                return 1.0
            if not any(not own or found[0].lower() not in named for found in holds.finditer(answer)):
                return 0.0
            return _COUNTS_OTHER if _counts_other(question, answer) else 1.0
    return 1.0


def counted_in(question: str) -> str:
    """What a question asks how many there are of, without its plural's ending; nothing where it asks for no such thing."""
    asked = _COUNTED.search(question)
    return re.sub(r"(?:ies|es|s)$", "", asked[1].lower()) if asked else ""


def _counts_other(question: str, answer: str) -> bool:
    """Whether a question asks how many there are of something, and each of the sentence's numbers stands before another thing's word."""
    stem = counted_in(question)
    if not stem or _COUNTING_NOTHING.search(answer):
        return False
    return not any(re.search(rf"\b{re.escape(stem)}", found["counted"], re.I) for found in _COUNTING.finditer(answer))
