"""notebook.ipynb of an export: the lines of its README, to be run one after another."""

from __future__ import annotations

import re
from typing import Any

from embfilter_core.export.readme import long_texts, measured, summary, title

_BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
PLACE = "import subprocess, sys\n\n"
WEIGHTS = "subprocess.run([sys.executable, 'weights.py'], check=True)"
CHECK = "print(subprocess.run([sys.executable, 'check.py'], capture_output=True, text=True).stdout)"


def notebook(manifest: dict[str, Any], readme: str) -> dict[str, Any]:
    """Return the notebook: what the export is, the weights, the check, and each form's lines out of README.md."""
    cells = [
        _prose(f"# {title(manifest)}\n\n{summary(manifest)}\n\n{measured(manifest['decision'])}"),
        _prose(
            "## The weights\n\nSee README.md where they come from: add `'--from', 'FOLDER'` where they lie elsewhere."
        ),
        _code(PLACE + WEIGHTS),
        _prose("## Check it"),
        _code(CHECK),
        _prose(f"## Use it\n\n{long_texts(manifest)}"),
        *(_code(block.strip()) for block in _BLOCK.findall(readme)),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    numbered = [{**cell, "id": f"cell-{number}"} for number, cell in enumerate(cells)]
    return {"cells": numbered, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def _prose(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def _code(text: str) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "source": text, "execution_count": None, "outputs": []}
