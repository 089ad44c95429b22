"""Everything that Citewell raises on purpose, as one tree.

CitewellError                   every error below; the message says what happened, to what, and what to do
├── NotFound                    a path, document or library that is not there
├── UnreadableFile              a file that gives no text: empty, broken, locked or of an unknown kind
├── LibraryError                something about a library as a whole
│   ├── LibraryAway             the server that holds it does not answer
│   ├── LibraryBusy             another process is writing to it
│   ├── LibraryDamaged          what it holds cannot be trusted
│   └── ModelMismatch           it was embedded with another model than the configured one
├── ModelError                  an embedding model that is missing, altered or cannot be loaded
├── ClusterError                a Ray cluster that cannot be reached or used, or whose workers are gone
├── StorageError                the disk is full, or the folder cannot be written
└── Cancelled                   a person stopped what was going on; raised by a progress callback, never here
"""

__all__ = [
    "Cancelled",
    "CitewellError",
    "ClusterError",
    "LibraryAway",
    "LibraryBusy",
    "LibraryDamaged",
    "LibraryError",
    "ModelError",
    "ModelMismatch",
    "NotFound",
    "StorageError",
    "UnreadableFile",
]


class CitewellError(Exception):
    """The root of the tree; `str(error)` can be shown to a person as it is."""


class NotFound(CitewellError):
    """A path, document or library that is not there."""


class UnreadableFile(CitewellError):
    """A file that gives no text: empty, broken, locked or of an unknown kind."""


class LibraryError(CitewellError):
    """Something about a library as a whole."""


class LibraryAway(LibraryError):
    """The server that holds the library does not answer."""


class LibraryBusy(LibraryError):
    """Another process is writing to the library."""


class LibraryDamaged(LibraryError):
    """What the library holds cannot be trusted."""


class ModelMismatch(LibraryError):
    """The library was embedded with another model than the configured one."""


class ModelError(CitewellError):
    """An embedding model that is missing, altered or cannot be loaded."""


class ClusterError(CitewellError):
    """A Ray cluster that cannot be reached or used, or whose workers are gone."""


class StorageError(CitewellError):
    """The disk is full, or the folder cannot be written."""


class Cancelled(CitewellError):
    """A person stopped what was going on. A progress callback raises it; `Library.add` then ends with what it has added so far."""
