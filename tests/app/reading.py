"""What a page shows, read from an AppTest."""

import json
import re
from html import unescape
from urllib.parse import parse_qs

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox

PROSE, TAG = re.compile(r'<p class="prose.*?</p>', re.DOTALL), re.compile(r"<[^>]+>")
ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def plain(markdown: str) -> str:
    """What a reader sees of markdown that was written to be shown to the letter."""
    return ESCAPED.sub(r"\1", markdown).replace("\u2060", "")


def given_files(at: AppTest) -> list[str]:
    """The lines of the files that a page has: name, size and what else is known."""
    return [plain(line.value).replace("**", "") for line in at.markdown if re.match(r"\*\*.*\*\* · \d", line.value)]


def list_of_file(at: AppTest, place: str) -> Selectbox:
    """The list of a choice that belongs to a file, by its place: of another file, it is another widget there."""
    (found,) = (box for box in at.selectbox if (box.key or "").startswith(f"{place}_of_"))
    return found


def errors(at: AppTest) -> list[str]:
    """The errors of a page; the page must have run to its end or stopped by itself."""
    assert not at.exception, at.exception
    return [plain(error.value) for error in at.error]


def notes(at: AppTest) -> list[str]:
    """The remarks of a page, one each."""
    assert not at.exception, at.exception
    return [line for info in at.info for line in plain(info.value).split("  \n")]


def blocks(at: AppTest) -> list[str]:
    """Headings of the result blocks."""
    return [heading.value for heading in at.header]


def figures(at: AppTest) -> dict[str, dict]:
    """Figures by their key."""
    return {chart.key: json.loads(chart.proto.spec) for chart in at.get("plotly_chart")}


def bars(figure: dict) -> tuple[list[str], list[float]]:
    """Tokens and values of a figure of bars, best first."""
    axis, (trace,) = figure["layout"]["yaxis"], figure["data"]
    return axis["ticktext"], numbers(trace["x"])


def numbers(values: list | dict) -> list[float]:
    """Values of a figure, which plotly writes as base64 where they were an array."""
    if isinstance(values, list):
        return values
    from base64 import b64decode

    import numpy as np

    return np.frombuffer(b64decode(values["bdata"]), dtype=np.dtype(values["dtype"])).tolist()


def markup(at: AppTest) -> str:
    """Everything on a page that is read as markdown, without the characters that are escaped in it."""
    kinds = ("markdown", "caption", "info", "error", "warning", "header", "title")
    return "\n".join(ESCAPED.sub("", str(element.value)) for kind in kinds for element in at.get(kind))


def prose(at: AppTest) -> list[str]:
    """The sentences of a page whose terms explain themselves, as a reader sees them."""
    bodies = (element.proto.body for element in at.get("html"))
    found = [unescape(TAG.sub("", text)) for body in bodies for text in PROSE.findall(body)]
    return [text.replace("\xa0", " ").removesuffix(" ?") for text in found]


def text_of(at: AppTest) -> str:
    """What there is to read on a page: its prose, and what is markdown."""
    return "\n".join([markup(at), *prose(at)])


def components(at: AppTest) -> list[str]:
    """Names of the components of a page, the frame's own last."""
    return [one.proto.component_name for one in at.get("bidi_component")]


def drawn(at: AppTest, component: str) -> dict:
    """What one component of a page draws from, by the component's name."""
    return _sent(at, component) | (_sent(at, "instrument_data") if component == "instrument" else {})


def chosen(at: AppTest) -> dict[str, object]:
    """What was chosen in the session of a page, by the controls' keys; defaults that nobody chose are not there."""
    return {control.key: value for control, value in at.session_state["chosen"].items()}


def address(at: AppTest) -> dict[str, list[str]]:
    """What the page puts into the address of what is chosen, by name."""
    return {name: raw for name, raw in _address(at).items() if name != "visit"}


def visit_in_address(at: AppTest) -> str | None:
    """The id of the visit in the address of a page, or None."""
    return next(iter(_address(at).get("visit", [])), None)


def _address(at: AppTest) -> dict[str, list[str]]:
    (found,) = (one.proto for one in at.get("bidi_component") if one.proto.component_name == "address_bar")
    (query,) = json.loads(found.json)
    return parse_qs(query, keep_blank_values=True)


def _sent(at: AppTest, component: str) -> dict:
    (found,) = (one.proto for one in at.get("bidi_component") if one.proto.component_name == component)
    (told,) = json.loads(found.json)
    return told


def band(at: AppTest) -> tuple[int, int]:
    """The numbers of the kept band in the sidebar: the first direction, and the one after the last."""
    return at.number_input(key="start").value, at.number_input(key="stop").value
