"""What README says of other frameworks is so: its line reads an export, and gives the vectors that it says.

Their packages ask for other versions than this project's, so each is installed into an environment
of its own that lies over this one. That takes most of a minute and a network: only where it is asked for.
"""

import json
import os
import re
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from embfilter_core import EmbedFilter, Encoder, KeptDirections, load_backbone
from embfilter_core.backbones.prompts import as_prompt
from embfilter_core.export.bundle import export_filter
from embfilter_core.export.chosen import ChosenFilter
from tests.tiny import save_tiny

ASKED = "EMBFILTER_TEST_FRAMEWORKS"
README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
SECONDS_TO_INSTALL = 60
TEXTS = ("the cat sat", "a dog\nin a sentence", '"one" {word}', "  the dog sleeps \n", "сон", "one")

pytestmark = pytest.mark.skipif(ASKED not in os.environ, reason="`make frameworks` installs what this needs")


@dataclass(frozen=True)
class Framework:
    """A framework as README writes it.

    Attributes:
        package: What is installed.
        embed: Method of the object that embeds a list of texts.
        spaces: Line breaks inside a text become spaces before it is embedded.
    """

    package: str
    embed: str
    spaces: bool = False


FRAMEWORKS = {
    "LangChain": Framework("langchain-huggingface[full]==1.2.3", "embed_documents", spaces=True),
    "LlamaIndex": Framework("llama-index-embeddings-huggingface==0.8.0", "get_text_embedding_batch"),
}


def python_with(package: str, folder: Path) -> Path:
    """Python of a new environment with a package, which sees this one's packages below its own."""
    venv.create(folder, with_pip=False)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "below.pth").write_text(sysconfig.get_paths()["purelib"])
    python = folder / "bin" / "python"
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-compile", package]
    try:
        installed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS_TO_INSTALL)
    except subprocess.TimeoutExpired:
        pytest.skip(f"{package} could not be installed within {SECONDS_TO_INSTALL} seconds")
    if installed.returncode:
        pytest.skip(f"{package} could not be installed: {installed.stderr[-300:]}")
    return python


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    backbone = load_backbone(str(save_tiny(tmp_path_factory.mktemp("tiny"))))
    return Encoder(backbone, EmbedFilter(backbone.spectrum, KeptDirections.bulk(backbone.d)), "prompteol")


@pytest.fixture(scope="module")
def place(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the export of README's lines lies."""
    folder = tmp_path_factory.mktemp("exports")
    chosen = ChosenFilter(encoder.backbone, as_prompt("prompteol"), encoder.filter.kept)
    export_filter(chosen, folder / "my-filter")
    return folder


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", FRAMEWORKS)
def test_the_line_of_readme_gives_the_vectors_that_it_says(
    name: str, encoder: Encoder, place: Path, tmp_path: Path
) -> None:
    framework = FRAMEWORKS[name]
    (module, line) = re.search(rf"\| {name} \| `([\w.]+)\.(\w+\(model_name=\"my-filter/plain\"\))` \|", README).groups()
    assert framework.package.partition("[")[0].partition("==")[0] in README
    code = f"import json, {module}\nmade = {module}.{line}\nfound = made.{framework.embed}({list(TEXTS)!r})\n"
    code += f"json.dump([list(one) for one in found], open({str(tmp_path / 'found.json')!r}, 'w'))"
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    python = python_with(framework.package, tmp_path / "environment")
    ran = subprocess.run([python, "-P", "-c", code], cwd=place, env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    found = np.array(json.loads((tmp_path / "found.json").read_text()))
    given = [text.replace("\n", " ") for text in TEXTS] if framework.spaces else TEXTS
    assert np.allclose(found, encoder.encode(given, normalize_embeddings=True), atol=1e-5)
    agree = np.abs(found - encoder.encode(TEXTS, normalize_embeddings=True)).max(axis=1) < 1e-5
    assert [text for text, same in zip(TEXTS, agree, strict=True) if not same] == list(TEXTS[1:2]) * framework.spaces
