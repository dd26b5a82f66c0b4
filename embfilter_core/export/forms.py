"""The forms of an export: the one table of what each is for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from embfilter_core.export.chosen import ChosenFilter


@dataclass(frozen=True)
class Form:
    """A form in which other programs read the filter.

    Attributes:
        id: Short name.
        place: Its file or folder.
        use: What it is for, in a sentence.
    """

    id: str
    place: str
    use: str


FORMS: dict[str, Form] = {
    form.id: form
    for form in (
        Form("script", "embed.py", "A script for torch and transformers; exact for every text, long ones included."),
        Form("plain", "plain/", "For sentence-transformers, and for servers that take plain text."),
        Form("chat", "chat/", "For programs that put the chat template around every text; the prompt is the template."),
        Form("index", "index/", "A FAISS index of your corpus that takes raw states and filters them itself."),
    )
}
"""Every form by its id, in the order in which they are told."""


def forms_of(chosen: ChosenFilter, indexed: bool) -> dict[Form, str]:
    """Return the forms that a view can have, each with the reason why it is left out; empty where it is not.

    What rests on the tokenizer is proved when a form is written, and may leave out one more.

    Args:
        chosen: The view.
        indexed: Whether a corpus is to be indexed.
    """
    from embfilter_core.export.fits import check_fits, check_stored_plainly
    from embfilter_core.export.index import check_precision
    from embfilter_core.export.reasons import NotThisForm

    checks: dict[str, Callable[[], None]] = {
        "script": lambda: check_stored_plainly(chosen.backbone),
        "plain": lambda: check_fits(chosen),
        "chat": lambda: check_fits(chosen),
    }
    if indexed:
        checks["index"] = lambda: check_precision(chosen.precision)
    found = {}
    for name, check in checks.items():
        try:
            check()
            found[FORMS[name]] = ""
        except NotThisForm as reason:
            found[FORMS[name]] = str(reason)
    return found
