"""A language model completes a follow-up question; what it writes is taken only if it adds nothing but words of the conversation."""

import re
from collections.abc import Sequence

from rag.gate.claims import is_kin
from rag.gate.polarity import read_words
from rag.language_model import LanguageModel
from rag.prompt import inert
from rag.records import Message
from rag.trace import Trace

__all__ = ["accepted", "rewrite_question"]

_RULES = """You rewrite the last question of a conversation so that it can be understood on its own.
- Put the names and things that it means in place of words such as "it", "they" and "there". Change nothing else.
- Write the question and nothing else, on one line. Do not answer it. If it is clear on its own, write it as it is."""
_TURNS, _TURN_CHARACTERS = 6, 600
_TOKENS = 80
_LONGEST = 300
"""Characters of a rewritten question."""
_LABEL = re.compile(r"^(?:(?:rewritten|standalone|the)\s+)*question:\s*", re.I)


def rewrite_question(question: str, history: Sequence[Message], model: LanguageModel, trace: Trace | None = None) -> str | None:
    """The question as it can be understood on its own, or None where what the model wrote cannot be taken.

    Raises:
        ModelUnavailable: it wrote nothing at all.
    """
    turns = [
        f"{turn['role']}: {' '.join(str(turn['content']).split())[:_TURN_CHARACTERS]}" for turn in history[-_TURNS:] if turn.get("content")
    ]
    asked = inert("\n".join(["Conversation:", *turns, "", f"Last question: {question}", "", "The question on its own:"]))
    written = model.complete(({"role": "system", "content": _RULES}, {"role": "user", "content": asked}), tokens=_TOKENS, trace=trace)
    rewritten = _LABEL.sub("", written.strip().strip('"“”*')).strip()
    return rewritten if accepted(rewritten, question, history) else None


def accepted(rewritten: str, question: str, history: Sequence[Message]) -> bool:
    """Whether it is one short line that keeps what the question says and adds only words of the conversation."""
    if (
        not rewritten
        or len(rewritten) > max(_LONGEST, len(question))
        or len(rewritten.splitlines()) != 1
        or re.search(r"[<>\[\]{}|`]", rewritten)
    ):
        return False
    said = {word.stem for turn in history for word in read_words(str(turn.get("content", "")))}
    asked, new = read_words(question), read_words(rewritten)
    kept = {word.stem for word in new}
    adds_nothing = all(is_kin(word.stem, said | {other.stem for other in asked}) for word in new if word.content)
    turned = {word.text for word in asked if word.negator} != {word.text for word in new if word.negator}
    return adds_nothing and not turned and all(is_kin(word.stem, kept) for word in asked if word.content)
