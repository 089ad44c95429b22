"""Every knob of the library, with its unit. Each is read from `CITEWELL_<NAME>` at the composition root."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from index.embed import DEFAULT_MODEL, Engine, SentenceEmbedder
from index.runtime import Precision

__all__ = ["IndexSettings"]


class IndexSettings(BaseSettings):
    """How documents are read, cut and embedded."""

    model_config = SettingsConfigDict(env_prefix="CITEWELL_", extra="forbid", frozen=True)

    library: str | None = Field(None, description="default library: a folder, or milvus://HOST:PORT/NAME; none: the user's data folder")
    model: str = Field(DEFAULT_MODEL, description="sentence-transformers model, by folder or name")
    engine: Engine = Field("auto", description="what runs the model: onnx, torch, or auto: onnx where it gives the same vectors")
    precision: Precision = Field("auto", description="the model's arithmetic: full (32 bits), or auto: bfloat16 where the processor has it")
    chunk_tokens: int = Field(160, ge=16, le=4096, description="longest chunk, in the model's tokens, beside title and headings")
    max_file_bytes: int = Field(200_000_000, ge=1, description="largest file that is read, in bytes")
    max_unpacked_bytes: int = Field(1_000_000_000, ge=1, description="largest content of an archive or Office file, in bytes unpacked")
    max_archive_files: int = Field(10_000, ge=1, description="most files inside an archive or Office file")
    max_pages: int = Field(5_000, ge=1, description="most pages or slides that are read of one file")
    max_seconds: float = Field(300.0, gt=0, description="longest time for the pages of one PDF, in seconds")
    milvus_token: SecretStr = Field(
        SecretStr(""), description="user:password or key, for a Milvus server that asks for one; never shown or logged"
    )
    milvus_index: str = Field(
        "AUTOINDEX", description="type of a new Milvus library's index of vectors: AUTOINDEX, FLAT, HNSW, IVF_FLAT, …"
    )
    milvus_seconds: float = Field(10.0, gt=0, description="longest time for one call to a Milvus server with all its tries, in seconds")
    embed_batch: int = Field(32, ge=1, le=4096, description="texts embedded at once")

    def embedder(self, model: str | None = None, *, once: bool = False) -> SentenceEmbedder:
        """The embedding model, or another `model` with the other settings; `once` as for `SentenceEmbedder`."""
        return SentenceEmbedder(model or self.model, batch_size=self.embed_batch, engine=self.engine, precision=self.precision, once=once)
