"""Citewell's Python front door: ask a question, get an answer whose every sentence is cited."""

from rag.assistant import Assistant, answer
from rag.records import Answer, Citation, Passage, Sentence

__all__ = ["Answer", "Assistant", "Citation", "Passage", "Sentence", "answer"]
