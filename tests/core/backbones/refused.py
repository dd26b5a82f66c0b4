"""What every refusal of a backbone is: one line that can be read, with advice."""

from collections.abc import Callable

import pytest

from embfilter_core.errors import BackboneError


def refused(do: Callable[..., object], *given: object, **named: object) -> BackboneError:
    """Return the error that a call ends with; checked to be one line, with advice, of a readable length."""
    with pytest.raises(BackboneError) as caught:
        do(*given, **named)
    assert "\n" not in str(caught.value)
    assert caught.value.advice
    assert len(str(caught.value)) < 500
    return caught.value
