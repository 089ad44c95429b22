"""What is done to documents that are in the library: reading one's file again, removing some."""

from collections.abc import Sequence

from index import AddProgress, DocumentSummary
from index.errors import Cancelled, NotFound
from index.progress import ProgressCallback
from rag import Assistant
from ui.documents_report import cancelled_html, removed_html, report_html
from ui.documents_table import file_of
from ui.jobs import Work, failure
from ui.markup import count_of

__all__ = ["read_again_work", "refused_work", "removal_work"]


def read_again_work(assistant: Assistant, document_id: str) -> Work:
    """Read the file of a document again where it still is; replaced, unchanged or gone is said."""

    def run(progress: ProgressCallback) -> str:
        source = next((document.source for document in assistant.documents() if document.id == document_id), "")
        if not source:
            return failure("This document is no longer in the library.")
        file = file_of(source)
        if file is None:
            return failure(f"{source} was not read from a file of this machine. Upload it again.")
        if not file.is_file():
            return failure(f"{file} is gone, or is not there now. What was read of it stays in the library until you remove it.")
        return report_html(assistant.library.add([file], progress=progress))

    return Work("Reading again", run, cancelled_html(1))


def removal_work(assistant: Assistant, document_ids: Sequence[str]) -> Work:
    """Remove documents, each in a transaction of its own; cancelled, the others stay."""
    titles = {document.id: document.title for document in assistant.documents()}
    removed: list[DocumentSummary] = []
    left = list(dict.fromkeys(document_ids))
    total = len(left)

    def run(progress: ProgressCallback) -> str:
        try:
            while left:
                progress(AddProgress(total - len(left), total, 0, titles.get(left[0], "")))
                try:
                    removed.append(assistant.remove(left[0]))
                except NotFound:  # someone else was faster
                    pass
                left.pop(0)
        except Cancelled:
            pass
        return removed_html(removed, of=total)

    return Work(f"Removing {count_of(total, 'document')}", run, removed_html((), of=total), unit="document")


def refused_work(reason: str) -> Work:
    """Nothing, for a reason that is told."""
    return Work("Adding files", lambda progress: failure(reason), failure(reason))
