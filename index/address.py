"""Where a library is: a folder, or `milvus://HOST:PORT/NAME` on a server."""

import re
from pathlib import Path
from typing import NamedTuple

from index.config import IndexSettings
from index.errors import CitewellError
from index.storing import LibraryStore

__all__ = ["MilvusAddress", "is_remote", "milvus_address", "open_place"]

_PORT = 19530
_SCHEMES = {"milvus": "http", "milvus+tls": "https"}
_ADDRESS = re.compile(
    r"(?P<scheme>milvus(?:\+tls)?)://(?P<host>\[[0-9A-Fa-f:.]+\]|[\w.-]+)(?::(?P<port>\d{1,5}))?/(?P<name>[A-Za-z_]\w{0,99})/?", re.A
)


class MilvusAddress(NamedTuple):
    """A library's server as pymilvus names it, the first part of the names of its collections, and all of it as a person writes it."""

    uri: str
    name: str
    text: str


def is_remote(place: str) -> bool:
    """Whether a library's address means a server."""
    return place.partition("://")[0] in _SCHEMES and "://" in place


def milvus_address(text: str) -> MilvusAddress:
    """The parts of an address.

    Raises:
        CitewellError: it is none.
    """
    found = _ADDRESS.fullmatch(text)
    if found is None or not 0 < int(found["port"] or _PORT) < 65536:
        raise CitewellError(
            f"{text} is no address of a library. Write milvus://HOST:PORT/NAME, with a name of letters, digits and _ "
            "that begins with a letter; milvus+tls://… where the server is reached by TLS."
        )
    host, port, name = found["host"], found["port"] or str(_PORT), found["name"]
    return MilvusAddress(f"{_SCHEMES[found['scheme']]}://{host}:{port}", name, f"{found['scheme']}://{host}:{port}/{name}")


def open_place(place: str, settings: IndexSettings) -> Path | LibraryStore:
    """The folder that is named, or the open store on the server.

    Raises:
        CitewellError: the address is wrong, or what it needs is not installed.
        LibraryAway: the server does not answer.
    """
    if not is_remote(place):
        return Path(place).expanduser().absolute()
    address = milvus_address(place)
    try:
        import pymilvus  # noqa: F401
    except ModuleNotFoundError as error:
        raise CitewellError(f"{place}: a library on Milvus needs pymilvus. Install it with: pip install 'citewell[milvus]'") from error
    from platformdirs import user_data_path

    from index.milvus import MilvusStore

    beside = user_data_path("citewell", appauthor=False) / "milvus" / re.sub(r"[^\w.-]+", "-", address.text.partition("://")[2])
    return MilvusStore(
        address, beside, token=settings.milvus_token.get_secret_value(), index=settings.milvus_index, seconds=settings.milvus_seconds
    )
