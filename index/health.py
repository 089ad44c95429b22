"""What is reported of a file: counts, what was left out of the search, and warnings in words."""

from collections import Counter
from collections.abc import Iterator, Sequence

from index.injection import find_instructions
from index.records import Chunk, Document, FileReport
from index.storing import Reports

__all__ = ["file_report", "with_copies"]

_MOST_TOLD = 3
"""Places of one kind that are named one by one."""
_MOSTLY = 0.8
"""Share of a document's chunks that stand in another one, from which on the two are near-duplicates."""
_QUOTE_CHARACTERS = 80


def file_report(document: Document, chunks: Sequence[Chunk], warnings: Sequence[str], *, replaced: bool) -> FileReport:
    """The report of a document that was read and cut, with the warnings of its converter."""
    nothing = () if chunks else (f"{document.source}: nothing in it can be searched, all of its text was left out. See the counts.",)
    return FileReport(
        source=document.source,
        status="replaced" if replaced else "added",
        document_id=document.id,
        title=document.title,
        date=document.date,
        pages=len(document.pages),
        words=len(document.text.split()),
        chunks=len(chunks),
        removed=dict(Counter(span.reason for span in document.removed)),
        # each once: those of a document that is cut again were reported before
        warnings=tuple(dict.fromkeys((*warnings, *_instructions(document), *nothing))),
    )


def with_copies(store: Reports, report: FileReport) -> FileReport:
    """The report, with a warning if the document is a near-duplicate of one that came before: never stored, for the other may go."""
    for other, count in store.shared(report.document_id)[:1]:
        if count >= _MOSTLY * report.chunks and (twin := store.report(other)):
            warning = f"near-duplicate of {twin.source}: {count:,} of its {report.chunks:,} chunks stand there too"
            return report.model_copy(update={"warnings": (*report.warnings, warning)})
    return report


def _instructions(document: Document) -> Iterator[str]:
    """What the document tells a machine that reads it to do; it is not obeyed here, but a person should know."""
    spans = find_instructions(document.text)
    for start, end in spans[:_MOST_TOLD]:
        page = document.page_at(start)
        words = " ".join(document.text[start:end].split())[:_QUOTE_CHARACTERS]
        yield f"gives instructions to machines{f' on page {page}' if page else ''}: “{words}”"
    if len(spans) > _MOST_TOLD:
        yield f"gives instructions to machines in {len(spans) - _MOST_TOLD:,} more places"
