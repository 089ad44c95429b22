"""A library on a Milvus server, which several machines and processes share; imported only where an address asks for one."""

from index.milvus.store import MilvusStore

__all__ = ["MilvusStore"]
