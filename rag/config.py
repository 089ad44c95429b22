"""Every knob of answering, with its unit. Each is read from `CITEWELL_<NAME>` at the composition root."""

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

__all__ = ["AnswerSettings", "ServerSettings"]


class AnswerSettings(BaseSettings):
    """How passages are found, when an answer is refused, and how long it may be."""

    model_config = SettingsConfigDict(env_prefix="CITEWELL_", extra="forbid", frozen=True)

    depth: int = Field(100, ge=1, le=1000, description="chunks taken from each of the two lists before fusion")
    fusion: Literal["scores", "ranks"] = Field("scores", description="what the two lists are fused by (rag.retrieve)")
    dense_weight: float = Field(0.4, ge=0, le=1, description="weight of meaning against words in the fusion")
    fusion_k: int = Field(20, ge=0, le=1000, description="constant of fusion by ranks: larger flattens the ranks")
    reader: str = Field("shipped", description="model that reads passages: shipped, none, or an extractive QA model's folder or hub name")
    unit_weight: float = Field(1.0, ge=0, le=10, description="weight of a passage's best sentence beside its fused score (rag.read)")
    passages: int = Field(8, ge=1, le=100, description="passages that are examined, and that an answer is composed from")
    threshold: float = Field(0.5, ge=0, le=1, description="confidence below which the answer is refused")
    answer_words: int = Field(120, ge=20, le=1000, description="longest answer in words, beside a list that is kept whole")


class ServerSettings(BaseSettings):
    """What one program may ask of the server: one caller is one name, or where nobody signs in one address."""

    model_config = SettingsConfigDict(env_prefix="CITEWELL_", extra="forbid", frozen=True)

    request_bytes: int = Field(1_000_000, ge=1000, description="largest request of a program, in bytes")
    requests_per_minute: int = Field(120, ge=1, le=1_000_000, description="most requests of one program a minute")
    requests_at_once: int = Field(4, ge=1, le=1000, description="most requests of one program at the same time")
