"""Lines of a label and a value ("Location: Leeds"): which questions a label answers though it shares no word with them."""

import re

__all__ = ["label_of", "label_answers"]

_LABEL = re.compile(r"(?:\*\*)?(?P<label>[A-Z][\w'’/ -]{1,28}?)(?:\*\*)?\s?:(?:\*\*)?\s+(?=\S)")
_LABEL_WORDS = 3
_ANSWERS = tuple(
    (re.compile(asks, re.I), re.compile(rf"\b(?:{labels})\b", re.I))
    for asks, labels in (
        (
            r"\bwhere\b|\b(?:what|which) (?:place|city|town|country|room|office)\b|\blocated\b",
            "locations?|place|address|venue|site|room|office|based|city",
        ),
        (r"\bwhen\b|\bwhat (?:day|date|time)\b|\bhow late\b", "dates?|time|when|hours|deadline|due|start|starts|closing|published|opening"),
        (r"\bwho\b|\bwhose\b", "authors?|contact|owner|chair|present|attendees|attending|manager|written by|prepared by|responsible|host"),
        (
            r"\bhow much\b|\b(?:earn|paid|pay|salary|wage|cost|costs|price)\b",
            "price|cost|costs|fee|fees|pay|salary|wage|compensation|rate|rent|amount|total|deposit",
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
    label = label_of(text)
    return bool(label) and any(asks.search(question) and labels.search(label) for asks, labels in _ANSWERS)
