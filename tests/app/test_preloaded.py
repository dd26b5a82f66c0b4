"""The scripts of a first screen are named in the answer to the request for a page, and nowhere else."""

from pathlib import Path

import pytest

from pages.frame.preloaded import BLOCKS, STATIC, NameScripts, link, scripts_of
from tests.apart import run_apart

MOST_BYTES = 3000
"""Proxies refuse an answer whose head is longer than they expect: many expect 4,096 bytes in all."""
HTML, SCRIPT = (b"content-type", b"text/html; charset=utf-8"), (b"content-type", b"text/javascript; charset=utf-8")


def test_streamlit_has_a_script_for_every_block_and_their_names_fit_the_head_of_an_answer() -> None:
    named = scripts_of(BLOCKS)
    for block in BLOCKS:
        assert sum(name.startswith(f"{block}.") for name in named) == 1, block
    assert len(link(named)) <= MOST_BYTES
    page = (STATIC / "index.html").read_text()
    assert all((STATIC / "static/js" / name).is_file() and name not in page for name in named)


def test_all_that_a_block_imports_is_named_once_without_what_the_page_names_itself(tmp_path: Path) -> None:
    scripts = tmp_path / "static/js"
    scripts.mkdir(parents=True)
    (tmp_path / "index.html").write_text('<script src="./static/js/index.0.js"></script>')
    for name, text in {
        "One.1.js": 'import{a as b}from"./shared.2.js";import"./index.0.js";b()',
        "Two.3.js": 'import"./shared.2.js";import("./later.4.js")',
        "shared.2.js": 'import{c}from"./deep.5.js";export{c as a}',
        "deep.5.js": "export const c = 1",
        "later.4.js": "",
        "index.0.js": "",
    }.items():
        (scripts / name).write_text(text)
    assert scripts_of(("One", "Two", "None"), tmp_path) == ["One.1.js", "shared.2.js", "deep.5.js", "Two.3.js"]


@pytest.mark.parametrize("head", [HTML, SCRIPT], ids=["page", "script"])
def test_a_page_names_the_scripts_and_other_answers_stay_as_they_are(head: tuple[bytes, bytes]) -> None:
    answered = [{"type": "http.response.start", "headers": [head]}, {"type": "http.response.body", "body": b"x"}]
    sent: list[dict] = []

    async def server(scope: dict, receive: object, send: object) -> None:
        for message in answered:
            await send(message)

    async def send(message: dict) -> None:
        sent.append(message)

    run_apart(NameScripts(server)({"type": "http"}, None, send))
    named = [(b"link", link(scripts_of(BLOCKS)).encode())] if head is HTML else []
    assert sent == [{"type": "http.response.start", "headers": [head, *named]}, answered[1]]
