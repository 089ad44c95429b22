"""A follow-up question is completed from the conversation: what its pronouns mean, and what it leaves out."""

from rag.followup.resolve import FindLeftOut, resolve_question

__all__ = ["FindLeftOut", "resolve_question"]
