"""Lines of a label and a value ("Location: Leeds"): which questions a label answers though it shares no word with them."""

import re

__all__ = ["label_answers", "label_of", "names_what_is_asked"]

_LABEL = re.compile(r"(?:\*\*)?(?P<label>[A-Z][\w'’/ -]{1,28}?)(?:\*\*)?\s?:(?:\*\*)?\s+(?=\S)")
_LABEL_WORDS = 3
_ANSWERS = tuple(
    (re.compile(asks, re.I), re.compile(rf"\b(?:{labels})\b", re.I))
    for asks, labels in (
        (
            r"\bwhere\b|\b(?:what|which) (?:place|city|town|country|room|office)\b|\blocated\b",
            "locations?|place|address|venue|site|room|office|based|city",
        ),
        (r"\bwhat time\b|\bhow late\b", "time|hours|departure|arrival|opening|start|starts"),
        (r"\b(?:insured|covered)\b", "limits?|sum insured|cover|maximum"),
        (r"\bwhen\b|\bwhat (?:day|date)\b", "dates?|time|when|hours|deadline|due|start|starts|closing|published|opening"),
        (r"\bwho\b|\bwhose\b", "authors?|contact|owner|chair|present|attendees|attending|manager|written by|prepared by|responsible|host"),
        (
            r"\bhow much\b|\b(?:earn|paid|pay|salary|wage|cost|costs|price)\b",
            "price|cost|costs|fee|fees|pay|salary|wage|compensation|rate|rent|amount|total|deposit",
        ),
        (r"\bwhat (?:does|do|is|was) .*\bmean(?:ing|t)?\b|\bmeaning of\b", "meanings?|means|description|explanation"),
        (
            r"\bwhat (?:to do|(?:should|must|can|do) I do)\b|\bhow (?:do I|can I|to) (?:fix|solve)\b",
            "what to do|remedy|solution|action|fix|help",
        ),
        (r"\bhow long\b", "duration|length|term|time|takes|period"),
        (r"\bhow many (?:people|persons|portions|guests)\b", "serves|servings|portions|capacity|yield|makes"),
        (r"\b(?:phone|call|reach|contact)\b", "phone|telephone|tel|mobile|contact|hotline"),
        (r"\be-?mail\b|\bwrite to\b", "e-?mail|contact"),
        (r"\babsent\b|\bmissing\b|\bnot (?:there|present|attend)\b", "excused|absent|apologies|regrets"),
        (r"\bwho (?:was|were) (?:there|present)\b|\battended\b", "present|attendees|attending|participants"),
    )
)
"""A question's form, and the labels of what it asks for."""


def label_of(text: str) -> str:
    """The label that a line begins with; nothing where it begins with none."""
    found = _LABEL.match(text)
    return found["label"].strip() if found and len(found["label"].split()) <= _LABEL_WORDS else ""


def label_answers(question: str, text: str) -> bool:
    """Whether a line begins with the label of what a question of this form asks for."""
    return names_what_is_asked(question, label_of(text))


def names_what_is_asked(question: str, label: str) -> bool:
    """Whether a label, or the name of a column, is that of what a question of this form asks for."""
    return any(asks.search(question) and labels.search(label) for asks, labels in _ANSWERS)
