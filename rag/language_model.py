"""A language model behind a server that speaks OpenAI's protocol. What it writes is wrong until it is checked (`rag.write`)."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from queue import Empty, Full, Queue
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, cast

from pydantic import SecretStr

from index.errors import CitewellError
from rag.config import AnswerSettings

if TYPE_CHECKING:
    from openai import OpenAI
    from openai.types.chat import ChatCompletionMessageParam

__all__ = ["LanguageModel", "ModelUnavailable", "language_model"]

_CHARACTERS_A_TOKEN = 20
"""More than any token has; a server that writes on and on is left there."""
_WAITING_PIECES = 64
_LOOK_SECONDS = 0.2
"""How often a full queue is looked at for whether anyone still reads."""
_NO_KEY = "none"
"""The client must be given a key; servers that want none do not look at it."""


class ModelUnavailable(CitewellError):
    """A language model that cannot be reached, is too slow, refuses, answers in no known form, or wrote nothing that answers.

    Never holds the key or what it wrote.
    """


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """A model and how it is asked. `wait_seconds` is for its first or next piece, `seconds` for all of them."""

    url: str
    name: str
    key: SecretStr | None = None
    temperature: float = 0.0
    tokens: int = 400
    wait_seconds: float = 20.0
    seconds: float = 90.0

    def stream(self, messages: Sequence[dict[str, str]], *, tokens: int | None = None) -> Generator[str, None, None]:
        """What it writes, in pieces as they come, to its own end or to `tokens`.

        The server is read in a thread of its own, since one that sends nothing but signs of life would never let go of this one.

        Raises:
            ModelUnavailable: it failed, at the beginning or half way.
        """
        pieces: Queue[str | ModelUnavailable | None] = Queue(_WAITING_PIECES)
        left = Event()
        client = self._client()
        Thread(target=self._read, args=(client, list(messages), tokens or self.tokens, pieces, left), daemon=True).start()
        until = monotonic() + self.seconds
        try:
            while (piece := self._next(pieces, until)) is not None:
                yield piece
        finally:
            left.set()
            client.close()

    def complete(self, messages: Sequence[dict[str, str]], *, tokens: int) -> str:
        """All that it writes, of at most `tokens`.

        Raises:
            ModelUnavailable: see `stream`.
        """
        return "".join(self.stream(messages, tokens=tokens))

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

    def _next(self, pieces: "Queue[str | ModelUnavailable | None]", until: float) -> str | None:
        left = until - monotonic()
        try:
            piece = pieces.get(timeout=max(0.0, min(left, self.wait_seconds)))
        except Empty:
            late = f"wrote nothing for {self.wait_seconds:g} seconds" if left > self.wait_seconds else f"took over {self.seconds:g} seconds"
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
    ) -> None:
        try:
            end: ModelUnavailable | None = self.failure("broke off")
            length = 0
            with client.chat.completions.create(
                model=self.name,
                messages=cast("list[ChatCompletionMessageParam]", messages),
                temperature=self.temperature,
                max_tokens=tokens,
                stream=True,
            ) as stream:
                for chunk in stream:
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


def _put(piece: str | ModelUnavailable | None, pieces: "Queue[str | ModelUnavailable | None]", left: Event) -> None:
    """Hand a piece over, unless nobody waits for it any more."""
    while not left.is_set():
        try:
            pieces.put(piece, timeout=_LOOK_SECONDS)
        except Full:
            continue
        return
