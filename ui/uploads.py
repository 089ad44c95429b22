"""Files that come from a browser: checked, taken over into a folder of their own, and added from there.

What the browser sends is not trusted: neither the names nor the paths, which it was told when it sent the files.
"""

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gradio.utils import get_upload_folder

from index import AddReport, FileReport
from index.documents import CONVERTERS
from index.formats.archive import ARCHIVES
from index.library import Library
from index.progress import ProgressCallback
from ui.documents_report import cancelled_html, report_html
from ui.jobs import Work
from ui.markup import count_of
from ui.names import UPLOADED

__all__ = ["ENDINGS", "MOST_FILES", "Upload", "read_uploads", "upload_work"]

ENDINGS = frozenset({*CONVERTERS, *ARCHIVES})
"""Of the files that can be read."""
MOST_FILES = 5_000
"""Files of one upload."""
_NAME_BYTES, _PATH_BYTES = 255, 2_000
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as the browser tells of it: its name below the folder that was chosen, its bytes, and where it was put, if it was sent."""

    name: str
    size: int = 0
    path: str = ""


def read_uploads(data: object) -> list[Upload] | None:
    """The files that an event of the browser names; None where it is none of ours."""
    if not isinstance(data, list) or not all(isinstance(entry, dict) for entry in data):
        return None
    return [_upload(entry) for entry in data]


def _upload(entry: dict[str, Any]) -> Upload:
    name, size, path = entry.get("name"), entry.get("size"), entry.get("path")
    return Upload(
        name=name.encode(errors="replace").decode() if isinstance(name, str) else "",
        size=size if isinstance(size, int) else 0,
        path=path if isinstance(path, str) else "",
    )


def upload_work(library: Library, uploads: Sequence[Upload], hidden: int) -> Work:
    """Take the files over, and what is to be done to add them; those that cannot be added are in its report, with the reason."""
    folder = TemporaryDirectory(prefix="citewell-")
    refused: list[FileReport] = []
    sizes: dict[str, int] = {}
    for upload in uploads:
        if reason := _take_over(upload, Path(folder.name), library.max_file_bytes, sizes):
            refused.append(FileReport(source=UPLOADED + upload.name, status="skipped", warnings=(reason,)))

    def run(progress: ProgressCallback) -> str:
        added = library.add_folder_as(Path(folder.name), UPLOADED, keep_originals=True, progress=progress)
        files = [_without_folder(file, folder.name) for file in added.files]
        return report_html(AddReport(files=(*files, *refused)), hidden=hidden)

    return Work(f"Adding {count_of(len(uploads), 'file')}", run, cancelled_html(len(uploads)), sizes, end=folder.cleanup)


def _take_over(upload: Upload, folder: Path, max_bytes: int, sizes: dict[str, int]) -> str:
    """Move a file to its name in `folder` and note its size; why not, or "" if it was moved."""
    parts = re.split(r"[/\\]", upload.name)
    if reason := _name_problem(upload.name, parts) or _size_problem(upload.size, max_bytes):
        return reason
    place = _received(upload.path)
    if place is None:
        return "it was not received. Add it again."
    # A leading dot, of a file that was chosen by itself, would hide it from the library's reader.
    target = folder.joinpath(*parts[:-1], parts[-1].lstrip(".") or "unnamed")
    source = UPLOADED + target.relative_to(folder).as_posix()
    if source in sizes:
        return "another file of this name came with it. Rename one of them."
    try:
        size = place.stat().st_size
        if reason := _size_problem(size, max_bytes):
            return reason
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(place, target)
    except OSError as error:
        return f"it could not be kept ({error.strerror})."
    sizes[source] = size
    return ""


def _name_problem(name: str, parts: Sequence[str]) -> str:
    """Why a file of this name is not taken, or ""."""
    if any(part in ("", ".", "..") for part in parts) or "\0" in name or re.match(r"[A-Za-z]:", name):
        return "its name is not that of a file in a folder. It is not read."
    lengths = [len(part.encode()) for part in parts]
    if max(lengths) > _NAME_BYTES or sum(lengths) > _PATH_BYTES:
        return f"its name is too long: a name has at most {_NAME_BYTES} bytes. Shorten it."
    ending = Path(parts[-1].lstrip(".")).suffix.lower()
    if ending not in ENDINGS:
        return f"files {f'of the kind {ending}' if ending else 'without ending'} cannot be read."
    return ""


def _size_problem(size: int, max_bytes: int) -> str:
    if size > max_bytes:
        return f"{size:,} bytes is more than the limit of {max_bytes:,}. Split it, or raise CITEWELL_MAX_FILE_BYTES."
    return ""


def _received(path: str) -> Path | None:
    """Where an uploaded file is, if the server has put it there: `<upload folder>/<hash of its content>/<name>` and nowhere else."""
    place, uploads = Path(path), Path(get_upload_folder()).resolve()
    if "\0" in path or not place.is_absolute() or not _HASH.fullmatch(place.parent.name) or place.name in ("", ".", ".."):
        return None
    inside = place.parent.parent.resolve() == uploads and not place.parent.is_symlink()
    return place if inside and place.is_file() and not place.is_symlink() else None


def _without_folder(file: FileReport, folder: str) -> FileReport:
    """The report without the server's folder, which says nothing to a person."""
    return file.model_copy(update={"warnings": tuple(warning.replace(f"{folder}/", "") for warning in file.warnings)})
