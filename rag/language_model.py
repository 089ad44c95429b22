"""A language model behind a server that speaks OpenAI's protocol. What it writes is wrong until it is checked (`rag.write`)."""

import re
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from queue import Empty, Full, Queue
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

from pydantic import SecretStr

from index.errors import CitewellError
from rag.config import AnswerSettings
from rag.trace import Trace

if TYPE_CHECKING:
    from openai import APIStatusError, OpenAI, Stream
    from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam

__all__ = ["LanguageModel", "ModelUnavailable", "language_model"]

_CHARACTERS_A_TOKEN = 20
"""More than any token has; a server that writes on and on is left there."""
_WAITING_PIECES = 64
_LOOK_SECONDS = 0.2
"""How often it is looked whether anyone still reads, or still wants what is written."""
_UNLIKED = (400, 422)
"""How servers answer to a field of a request that they do not take."""
_MAY_BE_LEFT_OUT = ("max_tokens", "max_completion_tokens", "stream_options", "temperature")
"""Fields that not all servers take, in the order in which they are blamed. Of those that bound the length one is older, one newer: both are
sent, since servers pass over what they do not know, and the one that a server names when it refuses is left out from then on."""
_NO_KEY = "none"
"""The client must be given a key; servers that want none do not look at it."""


class ModelUnavailable(CitewellError):
    """A language model that cannot be reached, is too slow, refuses, answers in no known form, or wrote nothing that answers.

    Never holds the key or what it wrote.
    """


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """A model and how it is asked. `wait_seconds` is for its first or next piece, `seconds` for all of them.

    `left_out` are the fields of a request that its server has refused.
    """

    url: str
    name: str
    key: SecretStr | None = None
    temperature: float = 0.0
    tokens: int = 400
    wait_seconds: float = 20.0
    seconds: float = 90.0
    left_out: set[str] = field(default_factory=set, repr=False, compare=False)

    def stream(
        self, messages: Sequence[dict[str, str]], *, tokens: int | None = None, trace: Trace | None = None
    ) -> Generator[str, None, None]:
        """What it writes, in pieces as they come, to its own end or to `tokens`.

        The server is read in a thread of its own, since one that sends nothing but signs of life would never let go of this one.

        Raises:
            ModelUnavailable: it failed, at the beginning or half way.
            Cancelled: the question that `trace` is of was stopped.
        """
        trace, tokens = trace or Trace(), tokens or self.tokens
        with trace.stage("language model") as stage:
            stage.facts |= {"gen_ai.operation.name": "chat", "gen_ai.request.model": self.name, "gen_ai.request.max_tokens": tokens}
            pieces: Queue[str | ModelUnavailable | None] = Queue(_WAITING_PIECES)
            left, usage, characters = Event(), dict[str, int](), 0
            client = self._client()
            Thread(target=self._read, args=(client, list(messages), tokens, pieces, left, usage), daemon=True).start()
            until = monotonic() + self.seconds
            try:
                while (piece := self._next(pieces, until, trace)) is not None:
                    characters += len(piece)
                    yield piece
            finally:
                left.set()
                client.close()
                stage.facts |= {**usage, "characters": characters}

    def complete(self, messages: Sequence[dict[str, str]], *, tokens: int, trace: Trace | None = None) -> str:
        """All that it writes, of at most `tokens`.

        Raises:
            ModelUnavailable: see `stream`.
        """
        return "".join(self.stream(messages, tokens=tokens, trace=trace))

    def names(self) -> list[str]:
        """The models that the server says it has.

        Raises:
            ModelUnavailable: it does not say.
        """
        with self._client() as client:
            try:
                return [str(model.id) for model in client.models.list().data]
            except Exception as error:
                raise self._unavailable(error) from None

    def _client(self) -> "OpenAI":
        try:
            from openai import OpenAI, omit
        except ImportError as error:
            raise ModelUnavailable("A language model needs the package openai: pip install 'citewell[llm]'.") from error
        return OpenAI(
            base_url=self.url,
            api_key=self.key.get_secret_value() if self.key else _NO_KEY,
            timeout=self.wait_seconds,
            max_retries=0,
            # the client would take these from variables that are meant for another server
            default_headers={"OpenAI-Organization": omit, "OpenAI-Project": omit},  # type: ignore[dict-item]
        )

    def _next(self, pieces: "Queue[str | ModelUnavailable | None]", until: float, trace: Trace) -> str | None:
        began = monotonic()
        last = min(until, began + self.wait_seconds)
        while True:
            trace.check()
            try:
                piece = pieces.get(timeout=max(0.0, min(last - monotonic(), _LOOK_SECONDS)))
            except Empty:
                if monotonic() < last:
                    continue
                late = f"took over {self.seconds:g} seconds" if last == until else f"wrote nothing for {self.wait_seconds:g} seconds"
                raise self.failure(late) from None
            if isinstance(piece, ModelUnavailable):
                raise piece
            return piece

    def _read(
        self,
        client: "OpenAI",
        messages: list[dict[str, str]],
        tokens: int,
        pieces: "Queue[str | ModelUnavailable | None]",
        left: Event,
        usage: dict[str, int],
    ) -> None:
        try:
            end: ModelUnavailable | None = self.failure("broke off")
            length = 0
            with self._begin(client, messages, tokens) as stream:
                for chunk in stream:
                    usage |= _counted(chunk.usage)
                    for choice in chunk.choices[:1]:
                        if (piece := choice.delta.content) and isinstance(piece, str):
                            length += len(piece)
                            _put(piece, pieces, left)
                        end = None if choice.finish_reason else end
                    if left.is_set() or length > tokens * _CHARACTERS_A_TOKEN:
                        break
        except Exception as error:  # whatever a server sends, it is its failure and not ours
            end = self._unavailable(error)
        _put(end, pieces, left)

    def _begin(self, client: "OpenAI", messages: list[dict[str, str]], tokens: int) -> "Stream[ChatCompletionChunk]":
        """The server's answer as it begins, asked again without a field that it refuses."""
        import openai

        options = {
            "max_tokens": tokens,
            "max_completion_tokens": tokens,
            "stream_options": {"include_usage": True},
            "temperature": self.temperature,
        }
        while True:
            sent: dict[str, Any] = {name: value for name, value in options.items() if name not in self.left_out}
            try:
                begun: Stream[ChatCompletionChunk] = client.chat.completions.create(
                    model=self.name, messages=cast("list[ChatCompletionMessageParam]", messages), stream=True, **sent
                )
                return begun
            except openai.APIStatusError as error:
                blamed = [name for name in _MAY_BE_LEFT_OUT if name in sent and _names(name, error) and _stays_bounded(sent, name)]
                if error.status_code not in _UNLIKED or not blamed:
                    raise
                self.left_out.add(blamed[0])

    def _unavailable(self, error: Exception) -> ModelUnavailable:
        """Why it failed, without a word of what the server said: that might hold the key, or anything."""
        import openai

        match error:
            case openai.APITimeoutError():
                reason = f"wrote nothing for {self.wait_seconds:g} seconds"
            case openai.APIConnectionError():
                reason = "cannot be reached"
            case openai.AuthenticationError() | openai.PermissionDeniedError() if self.key:
                reason = f"does not accept the key in CITEWELL_LLM_KEY (HTTP {error.status_code})"
            case openai.NotFoundError():
                reason = "does not know this address or model (HTTP 404)"
            case openai.RateLimitError():
                reason = "is asked too often (HTTP 429)"
            case openai.APIStatusError():
                reason = f"refused (HTTP {error.status_code})"
            case _:
                reason = "answered in another form than OpenAI's, or with an error"
        return self.failure(reason)

    def failure(self, what: str) -> ModelUnavailable:
        """The error that says what this model did, such as "broke off"."""
        return ModelUnavailable(f"The language model {self.name} at {self.url} {what}.")


def language_model(settings: AnswerSettings) -> LanguageModel | None:
    """The model that is configured, if one is."""
    if not settings.llm_url:
        return None
    return LanguageModel(
        settings.llm_url,
        settings.llm_model,
        settings.llm_key,
        settings.llm_temperature,
        settings.llm_tokens,
        settings.llm_wait_seconds,
        settings.llm_seconds,
    )


def _names(field: str, error: "APIStatusError") -> bool:
    """Whether a server's refusal names a field of the request."""
    return re.search(rf"\b{field}\b", error.response.text) is not None


def _stays_bounded(sent: Mapping[str, object], without: str) -> bool:
    """Whether a request still says how much may be written."""
    return bool({"max_tokens", "max_completion_tokens"} & (sent.keys() - {without}))


def _counted(usage: object) -> dict[str, int]:
    """The tokens that a server says it has read and written, by OpenTelemetry's names; nothing else that it may say."""
    read, written = getattr(usage, "prompt_tokens", None), getattr(usage, "completion_tokens", None)
    if type(read) is not int or type(written) is not int or read < 0 or written < 0:
        return {}
    return {"gen_ai.usage.input_tokens": read, "gen_ai.usage.output_tokens": written}


def _put(piece: str | ModelUnavailable | None, pieces: "Queue[str | ModelUnavailable | None]", left: Event) -> None:
    """Hand a piece over, unless nobody waits for it any more."""
    while not left.is_set():
        try:
            pieces.put(piece, timeout=_LOOK_SECONDS)
        except Full:
            continue
        return
