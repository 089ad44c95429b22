"""Questions of which only the asking words are left: "Why?", "Until when?", "In which countries?", "What if I don't?", "How do I do that?".

The rest is that of the question before (sluicing: Merchant 2001, "The Syntax of Silence"): "Until when?" after "Can I book lunch?"
is "Until when can I book lunch?".
"""

import re
from dataclasses import dataclass

from rag.followup.forms import about
from rag.followup.lexicon import AUXILIARY, VERBS
from rag.followup.names import content_words
from rag.words import STOPWORDS

__all__ = ["in_full"]

_PREPOSITION = r"(?:(?:up to|in|on|at|for|to|from|by|with|since|until|till|under|of|as|before|after)\s+)"
_DEGREE = r"(?:long|often|far|soon|much|many|many times|high|big|large|fast|late|early|old|heavy|tall|deep|wide|exactly)"
_FORM = re.compile(
    rf"^(?:(?:and|but|so)\s+)?(?:{_PREPOSITION}?(?P<asks>what|which|whose|who|whom|when|where|why|how)\b"
    rf"(?:\s+(?P<degree>{_DEGREE})\b)?(?P<what>(?:\s+(?!{AUXILIARY}\b)[\w'’-]+){{0,4}}?)\s+)?(?P<verb>{AUXILIARY})(?P<rest>\s[^?]+)$",
    re.I,
)
_ASKING = re.compile(
    rf"^(?P<before>{_PREPOSITION}?)(?P<asks>who|whom|when|where|why|how(?:\s+{_DEGREE})?|how come|what time|"
    r"(?:which|what|how many|how much)\s+(?P<noun>[a-z][\w-]+))(?P<negated>\s+not)?"
    rf"(?P<after>\s+(?:with|from|for|by|to|at)|\s+(?:under|with|for|in|at|on|from|during|as)\s+(?!.*\b{AUXILIARY}\b)[^?]{{1,40}}?)?\W*$",
    re.I,
)
_IF_NOT = re.compile(
    r"^(?:what(?:\s+happens)?\s+)?if\s+(?:not|(?P<who>I|we|you|they|he|she|it)\s+"
    r"(?P<not>don['’]?t|do not|doesn['’]?t|can['’]?t|cannot|won['’]?t|do|does|can))\W*$",
    re.I,
)
_SUBJECT = re.compile(r"^\s(?P<who>I|we|you|they|he|she|it|one)\s+(?:(?:have|has|need|needs)\s+to\s+)?(?P<does>.+)$", re.I)
_WAS_THAT = re.compile(r"^(?P<asks>when|where|why|how)\s+(?:was|is|did|does)\s+(?:that|this)(?:\s+(?:happen|so))?(?=\W*$)", re.I)
_DO_THAT = re.compile(r"\bdo (?:that|this|it|so)\b(?! (?:for|to)\b)", re.I)
_NEGATED = {"can": "can't", "will": "won't", "may": "may not", "might": "might not"}
_BE = frozenset("is are was were".split())


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question in its parts: what it asks for ("when"), how much of it ("long"), of what ("seats"), its verb, and the rest."""

    asks: str
    degree: str
    what: str
    verb: str
    rest: str

    @property
    def defines(self) -> bool:
        """Whether it asks what or who something is, so that nothing is said of it yet."""
        return self.asks in ("what", "who", "which") and self.verb in _BE and not self.what


def in_full(bare: str, previous: str) -> str:
    """Asking words with the rest of the previous question; or nothing, where this is no such question or that has no such rest.

    Args:
        bare: the question, without "And" and the like.
        previous: the question before it, completed.
    """
    asked, bare = _parts(previous.rstrip("?. ")), _WAS_THAT.sub(r"\g<asks>", bare)
    return (_asking(bare, asked) or _if_not(bare, asked) or _doing(bare, asked)) if asked and not asked.defines else ""


def _parts(question: str) -> _Asked | None:
    found = _FORM.match(question)
    if not found:
        return None
    asks, degree, what = ((found[name] or "").strip() for name in ("asks", "degree", "what"))
    return _Asked(asks.lower(), degree.lower(), what, found["verb"].lower(), found["rest"])


def _asking(bare: str, asked: _Asked) -> str:
    found = _ASKING.match(bare)
    if not found or found["asks"].lower() == asked.asks or (found["noun"] and _is_no_noun(found["noun"])):
        return ""
    why = found["asks"].lower() in ("why", "how come")
    if found["negated"] and (not why or asked.asks):
        return ""
    verb = _NEGATED.get(asked.verb, f"{asked.verb}n’t") if found["negated"] else asked.verb
    extent = f" so {asked.degree}" if why and asked.degree and asked.verb in _BE else ""
    opening = "Why" if why else f"{found['before'].lstrip()}{found['asks']}"
    full = f"{opening} {verb}{asked.rest}{extent}{found['after'] or ''}?"
    return about(full, asked.what) if asked.what else full


def _doing(bare: str, asked: _Asked) -> str:
    """For "How do I do that?": how I do what was asked about."""
    said = _SUBJECT.match(asked.rest)
    return _DO_THAT.sub(lambda _: said["does"], bare, count=1) if said and _DO_THAT.search(bare) and content_words(said["does"]) else ""


def _is_no_noun(word: str) -> bool:
    return word.lower() in VERBS | STOPWORDS or word.lower().endswith("ed")


def _if_not(bare: str, asked: _Asked) -> str:
    """For "What if I don't?": what happens if I don't do what was asked about."""
    found, said = _IF_NOT.match(bare), _SUBJECT.match(asked.rest)
    if not found or not said or not content_words(said["does"]):
        return ""
    clause = f"{found['who']} {found['not']}" if found["who"] else f"{said['who']} don’t"
    return f"What happens if {clause} {said['does']}?"
