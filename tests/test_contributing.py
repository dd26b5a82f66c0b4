"""What CONTRIBUTING.md tells people to add, added to a copy of the house, is offered everywhere."""

import ast
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.tiny import save_tiny

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
EXAMPLES = re.findall(r"```python\n# (?:in (\w+) of|all of) (\S+)\n(.*?)```", GUIDE, re.DOTALL)
FOUND: dict[str, str] = {
    "a preset": """
        from embfilter_core import KeptDirections, choose_directions
        from embfilter_core.cli.options import PRESETS
        from pages.frame.sidebar_controls import PRESET
        assert choose_directions("even", 8).indices.tolist() == [0, 2, 4, 6]
        assert "even" in PRESETS and "even" in PRESET.choices
    """,
    "a baseline": """
        import numpy as np
        from embfilter_core import BASELINES, make_baseline
        from pages.frame.page_controls import COMPARED
        assert make_baseline("first-half", 4).transform(np.ones((3, 8))).shape == (3, 2)
        assert "first-half" in COMPARED.choices
    """,
    "a metric": """
        import numpy as np
        from embfilter_core.quality.measuring import measures_of
        from embfilter_core.quality.sweep import sweep_quality
        from pages.frame.page_controls import MEASURE
        from tests.core.synthetic_tasks import retrieval
        task, vectors = retrieval()
        assert "hit@1" in measures_of(task) and "hit@1" in MEASURE.choices
        scores = sweep_quality(task, vectors, "hit@1").scores.values
        assert ((scores >= 0) & (scores <= 100)).all() and np.ptp(scores) > 0
    """,
    "a page": """
        import sys
        from streamlit.testing.v1 import AppTest
        from pages.frame.jobs.queue import queue
        at = AppTest.from_file("app.py", default_timeout=60)
        at.switch_page("pages/9_Hello.py")
        at.query_params["backbone"] = sys.argv[1]
        at.run()
        assert all(queue().wait(job, 60) for job in queue().alive())  # a browser would ask again once it is loaded
        at.run()
        assert not at.exception, at.exception
        assert at.title[0].value == "Hello" and "Kept: " in at.markdown[0].value
        assert "Hello" in [link.proto.label for link in at.sidebar.get("page_link")]
    """,
}


@pytest.fixture(scope="module")
def extended_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    for room in ("embfilter_core", "pages", "tests", ".streamlit"):
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "app.py", folder)
    for table, file, code in EXAMPLES:
        path = folder / file
        path.write_text(with_entry(path.read_text("utf-8"), table, code) if table else code, "utf-8")
    return folder


def with_entry(source: str, table: str, code: str) -> str:
    """A module whose table of that name ends with one more entry."""
    (value,) = (
        node.value
        for node in ast.parse(source).body
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and table in ast.unparse(node).partition("=")[0]
    )
    literal = value.generators[0].iter if isinstance(value, ast.DictComp) else value
    lines = source.splitlines()
    lines.insert(literal.end_lineno - 1, textwrap.indent(code.rstrip(), " " * (literal.col_offset + 4)))
    return "\n".join(lines) + "\n"


def test_every_example_says_where_it_goes() -> None:
    assert len(EXAMPLES) == GUIDE.count("```python") == 5


@pytest.mark.parametrize("check", FOUND.values(), ids=FOUND)
def test_what_is_added_as_the_guide_says_is_there(
    extended_house: Path, tmp_path_factory: pytest.TempPathFactory, check: str
) -> None:
    backbone = save_tiny(tmp_path_factory.mktemp("tiny") / "llama")
    command = [sys.executable, "-c", textwrap.dedent(check), str(backbone)]
    environment = {**os.environ, "PYTHONPATH": str(extended_house)}
    ran = subprocess.run(
        command, cwd=extended_house, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.returncode == 0, ran.stderr
