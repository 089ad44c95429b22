"""Lines become a text."""

import re
from collections.abc import Iterable

__all__ = ["join_lines"]


def join_lines(lines: Iterable[str]) -> str:
    """The lines as one text, never more than one of them empty in a row, and none at either end."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip("\n")
