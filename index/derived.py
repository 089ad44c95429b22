"""A derived index's manifest: which generation it was built from, and what its files must hash to.

Written last and atomically. A file that is missing, cut short, altered, or newer than its manifest
makes the index invalid, and the library builds it again from SQLite.
"""

import json
import os
from hashlib import file_digest
from pathlib import Path

__all__ = ["read_manifest", "write_manifest"]


def write_manifest(path: Path, files: list[Path], *, generation: int, **facts: str | int) -> None:
    """Record the files' hashes, the generation and further facts."""
    hashes = {file.name: _digest(file) for file in sorted(files)}
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps({"generation": generation, **facts, "files": hashes}, indent=1))
    os.replace(temporary, path)


def read_manifest(path: Path, folder: Path, **facts: str | int) -> int | None:
    """The generation, or None unless every fact and every file is as it was written."""
    try:
        manifest = json.loads(path.read_text())
        whole = all(_digest(folder / name) == digest for name, digest in manifest["files"].items())
        same = all(manifest.get(name) == value for name, value in facts.items())
        return int(manifest["generation"]) if whole and same and manifest["files"] else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
