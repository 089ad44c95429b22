"""A folder and what the library holds of it become the same: new and changed files come in, what is gone goes."""

from collections.abc import Callable, Sequence
from pathlib import Path

from index.discover import find_files
from index.errors import CitewellError, NotFound
from index.formats.archive import IN_ARCHIVE
from index.library import Library
from index.progress import ProgressCallback
from index.records import AddReport, DocumentSummary, SyncReport

__all__ = ["Agree", "sync_folder"]

Agree = Callable[[Sequence[DocumentSummary]], bool]
"""Is shown what would be removed, and says whether it may be."""


def sync_folder(library: Library, folder: Path, *, agree: Agree, progress: ProgressCallback | None = None) -> SyncReport:
    """Add what is new or changed below `folder`, then remove the documents whose files are gone from it.

    A file that is there and cannot be read keeps what was stored of it. Documents from elsewhere are not touched.

    Args:
        library: an open library.
        folder: where the files are.
        agree: asked once, and only where something would be removed.
        progress: see `Library.add`.

    Raises:
        NotFound: no such folder.
        CitewellError: the folder is empty and the library holds documents of it: perhaps a disk that is not there.
    """
    folder = Path(folder).expanduser().absolute()
    if not folder.is_dir():
        raise NotFound(f"{folder}: no such folder. Nothing was added or removed.")
    stored = [document for document in library.documents() if Path(document.source).is_relative_to(folder)]
    if stored and not find_files([folder]):
        raise CitewellError(
            f"{folder} holds no files, and the library has {len(stored):,} documents of it. Nothing was removed: "
            "check that the disk is there, or remove them by name with `citewell remove`."
        )
    added = library.add([folder], progress=progress)
    gone = tuple(document for document in library.documents() if _is_gone(document.source, folder, added))
    agreed = bool(gone) and agree(gone)
    if agreed:
        for document in gone:
            library.remove(document.id)
    return SyncReport(added=added, removed=gone if agreed else (), kept=() if agreed else gone)


def _is_gone(source: str, folder: Path, added: AddReport) -> bool:
    """Whether a document came from below `folder` and its file is not there any more, alone or in its archive."""
    if not Path(source).is_relative_to(folder):
        return False
    archive, member, _ = source.partition(IN_ARCHIVE)
    if not member or not Path(archive).is_file():
        return not Path(source).exists()
    sources = {file.source for file in added.files}
    was_read = archive not in sources and any(other.startswith(archive + IN_ARCHIVE) for other in sources)
    return was_read and source not in sources
