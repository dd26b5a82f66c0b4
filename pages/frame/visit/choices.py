"""What was chosen for data of a visitor: it belongs to the data, and comes back with them wherever they are shown."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

CHOICES = "visit_choices"
MOST_DATA = 60
"""Files and data sets whose choices are kept; those least recently chosen for leave first."""


def chosen(about: str, role: str) -> str | None:
    """Return what was chosen for some data, such as the SHA-256 of a file, in a role; None where nothing was."""
    return all_choices().get(about, {}).get(role)


def choose(about: str, role: str, value: str) -> None:
    """Remember a choice."""
    choices = all_choices()
    choices[about] = {**choices.pop(about, {}), role: value}
    for oldest in list(choices)[:-MOST_DATA]:
        del choices[oldest]


def forget(about: str) -> None:
    """Forget all that was chosen for some data."""
    all_choices().pop(about, None)


def all_choices() -> dict[str, dict[str, str]]:
    """Return the choices by role, by what they are about."""
    found: dict[str, dict[str, str]] = st.session_state.setdefault(CHOICES, {})
    return found


def restore(choices: Mapping[str, Mapping[str, str]]) -> None:
    """Take over choices that were kept."""
    st.session_state[CHOICES] = {about: dict(roles) for about, roles in choices.items()}
