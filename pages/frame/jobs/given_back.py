"""Memory of visitors is given back once pages have been calm: Python frees circles late, and glibc empty pages."""

from __future__ import annotations

from threading import Lock, Timer

CALM_S = 5.0
"""No page has begun for so long. Collecting holds every page up for a fifth of a second with torch in memory."""


class GivingBack:
    """Gives memory back once, so many seconds after it was last put off."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._timer: Timer | None = None

    def put_off(self) -> None:
        """Begin to wait anew."""
        from embfilter_core.backbones.machine_memory import give_back_memory

        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = Timer(CALM_S, give_back_memory)
            self._timer.daemon = True
            self._timer.start()


giving_back = GivingBack()
"""Of this server, whatever session asks."""
