"""Memory of visitors is given back once pages have been calm: Python frees circles late, and glibc empty pages."""

from __future__ import annotations

from threading import Lock, Timer

CALM_S, AGAIN_S = 5.0, 20.0
"""No page has begun for so long, and then for so long again: sessions that many left at once are not forgotten at once.
Collecting holds every page up for a fifth of a second with torch in memory."""


class GivingBack:
    """Gives memory back twice, so many seconds after it was last put off."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._timer: Timer | None = None

    def put_off(self) -> None:
        """Begin to wait anew."""
        self._after(CALM_S, AGAIN_S)

    def _after(self, seconds: float, *then: float) -> None:
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = Timer(seconds, self._give_back, then)
            self._timer.daemon = True
            self._timer.start()

    def _give_back(self, *then: float) -> None:
        from embfilter_core.backbones.machine_memory import give_back_memory

        give_back_memory()
        if then:
            self._after(*then)


giving_back = GivingBack()
"""Of this server, whatever session asks."""
