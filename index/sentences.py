"""Where sentences begin and end, by sentencex (Wikimedia), and bullets that run inside a line."""

import re

__all__ = ["sentence_spans"]

_ROUND_BULLET = re.compile(r"\s+(?=[•‣▪◦●]\s)")
_DASH_BULLET = re.compile(r"\s+(?=[-*–]\s+[A-Z])")
_BULLET = re.compile(r"[•‣▪◦●*–-]\s+")
_DASHES_THAT_MAKE_A_LIST = 3
_PIECE = 20_000
"""Longest text given to the splitter at once, in characters: its time grows with the length."""


def sentence_spans(
    text: str, start: int = 0, end: int | None = None, *, keep_bullets: bool = False
) -> list[tuple[int, int]]:
    """The spans of the sentences of `text[start:end]`, in order, without white space around them.

    A bullet inside a line ("… include: • one • two") begins a new sentence, and stays outside its
    span unless `keep_bullets`; a dash or star counts as a bullet where at least three of them begin
    with a capital.
    """
    end = len(text) if end is None else end
    spans: list[tuple[int, int]] = []
    for piece_start, piece_end in _pieces(text, start, end):
        for first, last in _split(text[piece_start:piece_end]):
            trimmed = _trim(text, piece_start + first, piece_start + last, keep_bullets)
            if trimmed[0] < trimmed[1]:
                spans.append(trimmed)
    return spans


def _pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The spans between inline bullets, none longer than the splitter takes."""
    body = text[start:end]
    dashes = list(_DASH_BULLET.finditer(body))
    bullets = [*_ROUND_BULLET.finditer(body), *(dashes if len(dashes) >= _DASHES_THAT_MAKE_A_LIST else [])]
    cuts = sorted({0, *(match.end() for match in bullets), len(body)})
    return [
        (start + at, start + min(at + _PIECE, stop))
        for begin, stop in zip(cuts, cuts[1:], strict=False)
        for at in range(begin, stop, _PIECE)
    ]


def _split(piece: str) -> list[tuple[int, int]]:
    import sentencex

    spans = []
    position = 0
    for sentence in sentencex.segment("en", piece):
        at = piece.find(sentence, position)
        if at < 0:
            return [(0, len(piece))]
        position = at + len(sentence)
        spans.append((at, position))
    return spans


def _trim(text: str, start: int, end: int, keep_bullets: bool) -> tuple[int, int]:
    sentence = text[start:end]
    start += len(sentence) - len(sentence.lstrip())
    end -= len(sentence) - len(sentence.rstrip())
    if not keep_bullets and (bullet := _BULLET.match(text, start, end)):
        start = bullet.end()
    return start, end
