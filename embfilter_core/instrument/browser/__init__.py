"""The instrument as a browser runs it, in the app and in a page of its own: one script, its markup and its look."""

from pathlib import Path

HERE = Path(__file__).parent
MODULES = ("arithmetic", "preview", "spectrum_canvas", "lists", "slope", "ranking")


def script() -> str:
    """Return all modules as one, since neither a component of the app nor a single file can import a file beside it.

    Its `mountInstrument`, the default export, takes what Streamlit gives a component.
    """
    main = (HERE / "instrument.js").read_text("utf-8")
    *imports, rest = main.split("\n", len(MODULES))
    if not all(f'from "./{module}.js"' in line for module, line in zip(MODULES, imports, strict=True)):
        raise ValueError(f"instrument.js must begin by importing {', '.join(MODULES)}, a line each.")
    return "".join((HERE / f"{module}.js").read_text("utf-8") for module in MODULES) + rest


def markup() -> str:
    """Return the elements that the script fills."""
    return (HERE / "instrument.html").read_text("utf-8")


def look() -> str:
    """Return the style sheet, whose colours are variables of Streamlit's theme."""
    return (HERE / "instrument.css").read_text("utf-8")
