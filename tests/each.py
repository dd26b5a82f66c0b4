"""One test for many cases that differ in nothing but a value: it names the case that fails."""

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from itertools import product

import pytest


def for_each(**choices: Iterable[object]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Let a test check every combination of the choices, in which it has these parameters.

    Fixtures are made once for all of them. A combination that the test skips is passed over.
    """
    every = {name: list(values) for name, values in choices.items()}
    assert all(every.values()), f"nothing to choose from: {every}"

    def wrap(test: Callable[..., None]) -> Callable[..., None]:
        @wraps(test)
        def checks_all(**fixtures: object) -> None:
            for values in product(*every.values()):
                case = dict(zip(every, values, strict=True))
                try:
                    test(**fixtures, **case)
                except pytest.skip.Exception:
                    continue
                except BaseException as error:
                    error.add_note(f"The case: {', '.join(f'{name} = {value!r}' for name, value in case.items())}")
                    raise

        signature = inspect.signature(test)
        rest = [parameter for name, parameter in signature.parameters.items() if name not in every]
        checks_all.__signature__ = signature.replace(parameters=rest)
        return checks_all

    return wrap
