"""The collections of one library, and what their rows hold.

| collection | a row |
|---|---|
| NAME_settings | a setting: `name`, `value` |
| NAME_documents | a document as it is seen: the `version` of its text and chunks, the hash and stamp of its file, what is told of it |
| NAME_parts | a piece of what is longer than a field: a document's text, the copy of an uploaded file |
| NAME_words | a stemmed word that stands in the library, or did |
| NAME_chunks… | a chunk of one version of a document: its vector, its stemmed words, its fingerprints |

A version is made once, by one writing of one document, and never changes. A document's row is written last, so that what has no row,
or another version in it, is not to be seen: it is being written, or was left behind by a process that was killed.
"""

from typing import Any, NamedTuple

__all__ = ["LONGEST", "Tables", "chunk_table"]

LONGEST = 65_535
"""Bytes of a text in one field."""
_BM25 = {"bm25_k1": 1.2, "bm25_b": 0.75}
"""As in tantivy, so that scores mean the same in both stores."""


class Tables(NamedTuple):
    """The names of a library's collections, but that of the chunks, which `rebuild` changes."""

    settings: str
    documents: str
    parts: str
    words: str

    @classmethod
    def of(cls, name: str) -> "Tables":
        """Those of the library of this name."""
        return cls(*(f"{name}_{table}" for table in cls._fields))

    def schemas(self) -> dict[str, tuple[Any, Any]]:
        """Schema and indexes of each."""
        return {
            self.settings: _plain({"name": 100, "value": LONGEST}),
            self.documents: _plain({"id": 64, "version": 64, "sha256": 64, "stamp": 200, "facts": LONGEST}, ("chunks", "added")),
            self.parts: _plain(
                {"id": 250, "owner": 100, "name": 100, "content": LONGEST}, ("ordinal", "total", "written"), indexed=("owner",)
            ),
            self.words: _plain({"id": 250}),
        }


def chunk_table(dimension: int, index: str) -> tuple[Any, Any]:
    """Schema and indexes of the chunks: vectors of this length, in an index of this type; words by BM25."""
    from pymilvus import DataType, Function, FunctionType, MilvusClient

    schema = _schema(
        {"document_id": 64, "version": 64, "searched": 64, "wording": 64, "record": LONGEST}, ("ordinal", "total", "added", "start", "end")
    )
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field(
        "words", DataType.VARCHAR, max_length=LONGEST, enable_analyzer=True, enable_match=True, analyzer_params={"tokenizer": "standard"}
    )
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension)
    schema.add_field("weights", DataType.SPARSE_FLOAT_VECTOR)
    schema.add_function(Function(name="bm25", function_type=FunctionType.BM25, input_field_names=["words"], output_field_names=["weights"]))
    indexes = MilvusClient.prepare_index_params()
    indexes.add_index("vector", index_type=index, metric_type="COSINE")
    indexes.add_index("weights", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25", params=_BM25)
    for field in ("version", "searched", "wording"):
        indexes.add_index(field, index_type="INVERTED")
    return schema, indexes


def _plain(texts: dict[str, int], numbers: tuple[str, ...] = (), *, indexed: tuple[str, ...] = ()) -> tuple[Any, Any]:
    """A collection that is not searched by vectors: Milvus takes none without one."""
    from pymilvus import DataType, MilvusClient

    key, *_ = texts
    schema = _schema(texts, numbers, key=key)
    schema.add_field("unused", DataType.FLOAT_VECTOR, dim=2)
    indexes = MilvusClient.prepare_index_params()
    indexes.add_index("unused", index_type="FLAT", metric_type="L2")
    for field in indexed:
        indexes.add_index(field, index_type="INVERTED")
    return schema, indexes


def _schema(texts: dict[str, int], numbers: tuple[str, ...], *, key: str = "") -> Any:
    from pymilvus import DataType, MilvusClient

    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    for name, length in texts.items():
        schema.add_field(name, DataType.VARCHAR, max_length=length, is_primary=name == key)
    for name in numbers:
        schema.add_field(name, DataType.INT64)
    return schema
