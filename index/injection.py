"""Words in a document that are meant for a machine that reads it: "ignore the previous instructions", "you are now …".

What is found is only told to the person: a document is evidence here, and is never obeyed.
"""

import re

__all__ = ["find_instructions"]

_IGNORE = r"(?:ignore|disregard|forget|override|bypass|do not follow|don['’]t follow|stop following|pay no attention to)"
_BEFORE = r"(?:previous|prior|preceding|earlier|above|foregoing|existing|original|initial|system|all|any|your|other|these|those|the|of|my)"
_ORDERS = r"(?:instructions?|prompts?|directions|directives|guidelines|commands|programming|system message|training|safety rules|context)"
_MACHINE = (
    r"(?:ai|a\.i\.|artificial intelligence|language models?|llms?|gpt\S*|chatgpt|claude|gemini|copilot|"
    r"assistants?|chat ?bots?|bots?|agents?)"
)

_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_IGNORE}\s+(?:{_BEFORE}\s+)+{_ORDERS}\b",
        rf"\b{_IGNORE}\s+(?:everything|anything|all|whatever)\s+"
        r"(?:that\s+(?:is|was|came)\s+|you\s+(?:were|have been)\s+told\s+|written\s+)?"
        r"(?:above|before|previously|so far|earlier)\b",
        rf"\b{_IGNORE}\s+the\s+(?:above|foregoing|previous)\s+and\s+\w+",
        r"\b(?:from now on|henceforth),?\s+you\s+(?:are|will|must|should|act|answer|respond|reply)\b(?=[^.\n]{0,80}\b"
        rf"(?:{_MACHINE}|answer|respond|reply|say|pretend|obey|unrestricted|act as)\b)",
        r"\byou\s+are\s+(?:now|no longer)\s+(?:an?\s+|the\s+|in\s+)?(?:[\w-]+\s+){0,3}"
        rf"(?:{_MACHINE}|dan\b|jailb\w+|unrestricted|unfiltered|developer mode|bound by|pirate|hacker)",
        rf"\b(?:act|behave|respond|pretend|roleplay)\s+(?:as|like)\s+(?:if\s+you\s+(?:are|were)\s+)?(?:an?\s+)?(?:[\w-]+\s+){{0,2}}"
        rf"{_MACHINE}\s+(?:without|with no|that has no|free of)\b",
        rf"\b(?:if\s+you\s+are|as|note to|notice to|attention|instructions? (?:to|for)|message (?:to|for)|dear)\s*:?\s+"
        rf"(?:an?\s+|the\s+|any\s+|all\s+)?{_MACHINE}(?:\s+(?:model|reader|assistant|system|reviewer)s?)?\b[^.\n]{{0,40}}"
        r"[,:]\s*(?:please\s+)?(?:you\s+(?:must|should)\s+)?(?:ignore|disregard|say|tell|write|answer|respond|reply|output|print|include|recommend|"
        r"rate|rank|give|reveal|send|add|state|do not|don['’]t|never|always)\b",
        r"\b(?:reveal|print|repeat|show|output|display|leak|tell me|disclose|exfiltrate)\s+(?:me\s+)?(?:\w+\s+){0,2}?"
        r"(?:your|the)\s+(?:\w+\s+){0,2}?(?:system\s+prompt|hidden\s+prompt|initial\s+prompt|system\s+message|secret\s+instructions)\b",
        r"(?:^|\n)\s*(?:#+\s*)?(?:new|updated|revised|override|important|system)\s+(?:system\s+)?(?:prompt|instructions?)(?:\s+for\s+you)?\s*:\s*\S",
        r"(?:^|\n)\s*(?:\[|<\|?|<<)\s*/?(?:system|inst|im_start|im_end|sys)\s*(?:\]|\|?>|>>)",
        r"<\|im_(?:start|end)\|>|<\|(?:system|endoftext)\|>|\[/?INST\]|<</?SYS>>",
        r"\b(?:do not|don['’]t|never)\s+(?:tell|inform|mention|reveal|disclose)\s+(?:this\s+|it\s+)?(?:to\s+)?the\s+user\b",
        r"\b(?:when|if)\s+(?:you\s+are\s+)?(?:asked|summari[sz]ing|answering)\b[^.\n]{0,60}\b(?:this\s+(?:document|text|page|file))\b[^.\n]{0,40},"
        r"\s*(?:always|only|instead|you\s+must)\s+(?:say|answer|reply|respond|write|output|recommend|state)\b",
        r"\b(?:ignoriere?|vergiss|missachte)\s+(?:(?:alle|die|deine|sämtliche|bisherigen|vorherigen|obigen|vorigen)\s+)+(?:anweisungen|befehle|vorgaben)",
        r"\b(?:ignore[zr]?|oublie[zr]?)\s+(?:(?:toutes?|les|tes|vos)\s+)+(?:instructions|consignes)\s+(?:précédentes|antérieures|ci-dessus)",
        r"\b(?:ignora|olvida)\s+(?:(?:todas|las|tus)\s+)+(?:instrucciones|órdenes)\s+(?:anteriores|previas)",
        r"(?:忽略|无视|忘记)(?:之前|以上|先前|前面|所有)?的?(?:所有|全部)?的?(?:指令|指示|提示)",
    )
)
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\U000e0000-\U000e007f]")


def find_instructions(text: str) -> list[tuple[int, int]]:
    """The spans that give instructions to a machine, in order, without overlaps.

    The patterns name both an order and what only a machine has ("previous instructions", "system
    prompt", "you are now an AI"), so that "ignore the warning light" in a manual is not one.
    """
    cleaned, places = _visible(text)
    found = sorted(match.span() for pattern in _PATTERNS for match in pattern.finditer(cleaned))
    spans: list[tuple[int, int]] = []
    for start, end in found:
        start += len(cleaned[start:end]) - len(cleaned[start:end].lstrip())
        if spans and start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
        else:
            spans.append((start, end))
    return spans if places is None else [(places[start], places[end - 1] + 1) for start, end in spans]


def _visible(text: str) -> tuple[str, list[int] | None]:
    """The text without characters that show nothing and hide such words from a search, and where each of the others stood."""
    if not _INVISIBLE.search(text):
        return text, None
    places = [at for at, character in enumerate(text) if not _INVISIBLE.match(character)]
    return "".join(text[at] for at in places), places
