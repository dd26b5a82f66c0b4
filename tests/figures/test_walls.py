"""Figures draw what they are given: they know no backbone and run no model."""

import ast
from pathlib import Path

import pytest

import embfilter_core

FIGURES = sorted(Path(embfilter_core.__file__).with_name("figures").glob("*.py"))
FORBIDDEN = ("torch", "transformers", "streamlit", "pages", "embfilter_core")
ALLOWED = ("embfilter_core.figures", "embfilter_core.vocabulary.token_frequency")


def test_there_are_figures_to_check() -> None:
    assert {"logit_lens.py", "spectrum.py", "style.py"} <= {file.name for file in FIGURES}


@pytest.mark.parametrize("file", FIGURES, ids=lambda file: file.name)
def test_a_figure_module_imports_nothing_that_could_run_a_model(file: Path) -> None:
    modules = []
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            modules += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules.append(node.module or "")
    assert [name for name in modules if name.startswith(FORBIDDEN) and not name.startswith(ALLOWED)] == []
