"""How long the stages of an answer take."""

from time import perf_counter

__all__ = ["Clock"]


class Clock:
    """Milliseconds by stage."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = perf_counter()

    def lap(self, stage: str) -> None:
        """The time since the lap before belongs to `stage`."""
        now = perf_counter()
        self.laps[stage] = round(1000 * (now - self._last), 2)
        self._last = now
