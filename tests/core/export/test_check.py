"""What is exported gives the same vectors without this project, and check.py says so, or says why not."""

import json
from collections.abc import Callable
from pathlib import Path

from embfilter_core.export.bundle import Exported
from tests.core.export.conftest import CHAT, checked, without_project

Broken = Callable[..., Path]


def change_json(path: Path, change: Callable[[dict | list], object]) -> None:
    value = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(change(value) or value), "utf-8")


def without_suffix(folder: Path) -> None:
    def drop(tokenizer: dict) -> None:
        steps = tokenizer["normalizer"]["normalizers"]
        steps[:] = [step for step in steps if step.get("pattern") != {"Regex": r"\z"}]

    change_json(folder / "plain/tokenizer.json", drop)


def without_module(kind: str) -> Callable[[Path], None]:
    def drop(folder: Path) -> None:
        change_json(
            folder / "plain/modules.json",
            lambda modules: [one for one in modules if not one["type"].endswith(kind)],
        )

    return drop


def template_on(folder: Path) -> None:
    """As sentence-transformers does to a folder whose tokenizer has a chat template and whose modalities it infers."""
    (folder / "plain/chat_template.jinja").write_text(CHAT)
    without_prompt(folder)
    modalities = json.loads((folder / "chat/sentence_bert_config.json").read_text())
    (folder / "plain/sentence_bert_config.json").write_text(json.dumps(modalities))


def without_prompt(folder: Path) -> None:
    def drop(tokenizer: dict) -> None:
        tokenizer["normalizer"] = None

    change_json(folder / "plain/tokenizer.json", drop)


def test_this_project_is_not_to_be_found_where_the_exports_are_run(written: Exported) -> None:
    ran = without_project(written.place, "-c", "import embfilter_core")
    assert "No module named 'embfilter_core'" in ran.stderr


def test_every_form_gives_the_vectors_of_the_app_and_broken_copies_are_told_apart(
    written: Exported, broken: Broken
) -> None:
    assert written.forms == ("script", "plain", "chat", "index")
    copies = {
        "what follows the text in the prompt is missing": without_suffix,
        "the vectors are not filtered": without_module("Dense"),
        "the vectors are not scaled to length 1": without_module("Normalize"),
        "the chat template of the tokenizer was put around the text, without the prompt": template_on,
        "the prompt is missing": without_prompt,
    }
    folders = [broken(f"copy-{number}", change) for number, change in enumerate(copies.values())]
    whole, *told = checked((written.place, []), *((folder, ["plain"]) for folder in folders))
    assert whole.code == 0, whole.said
    assert "10 of 10 texts agree" in whole.said.partition("plain:")[0]
    assert whole.said.count("9 of 10 texts agree") == 2  # of both folders, but for the long text
    assert "Allowed, as README.md says of this form: " in whole.said
    assert "searches agree" in whole.said
    for cause, one in zip(copies, told, strict=True):
        assert one.code == 1, (cause, one.said)
        assert f"Likely cause: {cause} (" in one.said, (cause, one.said)
        assert "Likely cause: it is none" not in one.said, (cause, one.said)
