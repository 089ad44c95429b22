"""Every knob of answering, with its unit. Each is read from `CITEWELL_<NAME>` at the composition root."""

from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

__all__ = ["AnswerSettings", "ServerSettings"]


class AnswerSettings(BaseSettings):
    """How passages are found, when an answer is refused, how long it may be, and what writes it."""

    # an address may hold a password, and no key is ever to be shown
    model_config = SettingsConfigDict(env_prefix="CITEWELL_", extra="forbid", frozen=True, hide_input_in_errors=True)

    depth: int = Field(100, ge=1, le=1000, description="chunks taken from each of the two lists before fusion")
    fusion: Literal["scores", "ranks"] = Field("scores", description="what the two lists are fused by (rag.retrieve)")
    dense_weight: float = Field(0.4, ge=0, le=1, description="weight of meaning against words in the fusion")
    fusion_k: int = Field(20, ge=0, le=1000, description="constant of fusion by ranks: larger flattens the ranks")
    reader: str = Field(
        "shipped",
        description="reads passages: shipped, none (follow-ups by rules too), or an extractive QA model's folder or hub name",
    )
    unit_weight: float = Field(1.0, ge=0, le=10, description="weight of a passage's best sentence beside its fused score (rag.read)")
    passages: int = Field(8, ge=1, le=100, description="passages that are examined, and that an answer is composed from")
    threshold: float = Field(0.5, ge=0, le=1, description="confidence below which the answer is refused")
    answer_words: int = Field(120, ge=20, le=1000, description="longest answer in words, beside a list that is kept whole")
    llm_url: str = Field("", description="address of an OpenAI-compatible server whose model writes the answers; none: they are quotations")
    llm_model: str = Field("", description="name of the model there")
    llm_key: SecretStr | None = Field(None, exclude=True, description="key for that server, if it wants one; never shown or logged")
    llm_temperature: float = Field(0.0, ge=0, le=2, description="0: the model always writes the same, as far as the server can")
    llm_tokens: int = Field(400, ge=16, le=8192, description="longest answer that the model may write, in tokens")
    llm_passage_tokens: int = Field(1200, ge=100, le=100_000, description="room for passages in what the model is given, in tokens")
    llm_wait_seconds: float = Field(20.0, gt=0, le=600, description="longest wait for the model's first or next words")
    llm_seconds: float = Field(90.0, gt=0, le=3600, description="longest time for the whole of what the model writes")

    @model_validator(mode="after")
    def _names_a_model(self) -> Self:
        if not self.llm_url:
            return self
        address = urlsplit(self.llm_url)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise ValueError("CITEWELL_LLM_URL is no address such as http://127.0.0.1:11434/v1")
        if address.username or address.password or address.query:
            raise ValueError("CITEWELL_LLM_URL holds more than an address; a key goes into CITEWELL_LLM_KEY")
        if not self.llm_model:
            raise ValueError("CITEWELL_LLM_URL is set and CITEWELL_LLM_MODEL is not: name the model")
        return self


class ServerSettings(BaseSettings):
    """What one program may ask of the server: one caller is one name, or where nobody signs in one address."""

    model_config = SettingsConfigDict(env_prefix="CITEWELL_", extra="forbid", frozen=True)

    request_bytes: int = Field(1_000_000, ge=1000, description="largest request of a program, in bytes")
    requests_per_minute: int = Field(120, ge=1, le=1_000_000, description="most requests of one program a minute")
    requests_at_once: int = Field(4, ge=1, le=1000, description="most requests of one program at the same time")
