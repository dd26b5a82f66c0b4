"""Why a form cannot hold a view exactly: it is left out then, and the others are written all the same."""

from __future__ import annotations

from embfilter_core.errors import EmbFilterError


class NotThisForm(EmbFilterError):
    """A form that would not give the same vectors; says why, and what to use instead."""
