"""The table of controls: everything that defines a view, by its key in session files and by its name in links."""

from typing import Any

from pages.frame import page_controls, sidebar_controls
from pages.frame.control import Control

TEXT = "text"
LONGEST_TEXT = 100_000

CONTROLS: dict[str, Control[Any]] = {
    control.key: control
    for table in (sidebar_controls, page_controls)
    for control in vars(table).values()
    if isinstance(control, Control)
}
NAMES: dict[str, Control[Any]] = CONTROLS | {control.name: control for control in CONTROLS.values()}
"""The controls by what links call them: by the short names of today, and by their keys, as older links do."""
