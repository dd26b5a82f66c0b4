"""Packages that only part of the library needs: the extras of `pyproject.toml`, imported where they are used."""

from importlib import import_module
from types import ModuleType

from embfilter_core.errors import MissingExtra


def import_extra(module: str, extra: str) -> ModuleType:
    """Import a module of a package that comes with an extra, such as `mteb` with `mteb`.

    Raises:
        MissingExtra: The package is not installed; says how it is.
    """
    package = module.partition(".")[0]
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name != package:
            raise
        raise MissingExtra(
            f"{package} is not installed.", f'In the folder of this project: pip install -e ".[{extra}]".'
        ) from error
