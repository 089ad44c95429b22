"""What is put around a text by those who pass it on, and is not of it: the licence of Project Gutenberg."""

import re

__all__ = ["without_licence"]

_HEAD, _TAIL = 20_000, 40_000
"""Characters at a text's ends among which the licence names itself."""

_START = re.compile(r"\*{3} ?START OF (?:THE|THIS) PROJECT GUTENBERG EBOOK[^*]{0,300}\*{3}[^\n]*", re.IGNORECASE)
_END = re.compile(
    r"(?:\*{3} ?END OF (?:THE|THIS) PROJECT GUTENBERG EBOOK|^End of (?:the )?Project Gutenberg(?:'s|’s| EBook)[^\n]*\n)",
    re.IGNORECASE | re.MULTILINE,
)


def without_licence(text: str) -> tuple[str, tuple[str, ...]]:
    """The text between the marks of Project Gutenberg, and a warning that says how much was left out."""
    if "gutenberg" not in text[:_HEAD].lower() and "gutenberg" not in text[-_TAIL:].lower():
        return text, ()
    start, end = _START.search(text), _END.search(text)
    if not start and not end:
        return text, ()
    begin, stop = start.end() if start else 0, end.start() if end else len(text)
    if begin >= stop:
        return text, ()
    kept = text[begin:stop].strip("\n *")
    left_out = len(text.split()) - len(kept.split())
    return kept, (f"left out: the Project Gutenberg licence around the text, {left_out:,} words",)
