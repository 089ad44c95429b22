"""Questions to begin with, that the library can answer."""

from collections.abc import Iterator

from index import DocumentSummary
from rag import Assistant
from ui.scope import documents_beside

__all__ = ["example_questions"]

_SHIPPED = {
    "citewell:corpus/bar-raisers.md": "What do Bar Raisers look for?",
    "citewell:corpus/job-applied-science-internship.md": "How long do the internships last?",
    "citewell:corpus/belinda-zeng.md": "Who is Belinda Zeng?",
    "citewell:corpus/working-backwards.md": "How does working backwards begin?",
}
_MOST = 4
_MOST_TRIED = 8
_MOST_CHARACTERS = 80


def example_questions(assistant: Assistant) -> list[str]:
    """At most four questions: those of the shipped documents, or made from headings and tried out."""
    documents = documents_beside(assistant)
    known = [_SHIPPED[document.source] for document in documents if document.source in _SHIPPED]
    if len(known) == len(_SHIPPED):
        return list(_SHIPPED.values())
    found: list[str] = []
    for tried, question in enumerate(_candidates(assistant, documents)):
        if len(found) == _MOST or tried == _MOST_TRIED:
            break
        if assistant.can_answer(question):
            found.append(question)
    return found


def _candidates(assistant: Assistant, documents: list[DocumentSummary]) -> Iterator[str]:
    """One question a document, from its first telling heading or its title."""
    for summary in documents:
        headings = [section.heading_path[-1] for section in assistant.document(summary.id).sections if section.heading_path]
        telling = [heading for heading in headings if heading != summary.title and len(heading.split()) > 1]
        for topic in (telling or [summary.title])[:1]:
            question = topic if topic.endswith("?") else f"What is said about {topic}?"
            if len(question) <= _MOST_CHARACTERS:
                yield question
