"""The table of controls: everything that defines a view, under one key that is also its name in the address."""

from typing import Any

from pages.frame import page_controls, sidebar_controls
from pages.frame.control import Control

LINK_VERSION = "4"  # older ones are read too, see `old_links`
TEXT = "text"
LONGEST_TEXT = 100_000

CONTROLS: dict[str, Control[Any]] = {
    control.key: control
    for table in (sidebar_controls, page_controls)
    for control in vars(table).values()
    if isinstance(control, Control)
}
