"""the one place that asks the Hugging Face hub, its errors mapped once."""

from __future__ import annotations

import httpx2
from huggingface_hub.errors import (
    OfflineModeIsEnabled,
)

HUB_TIMEOUT = 5.0


NO_NETWORK = (httpx2.HTTPError, OfflineModeIsEnabled, OSError)
