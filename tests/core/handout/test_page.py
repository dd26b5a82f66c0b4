"""A page of its own: the library's numbers, every text escaped, and nothing that a browser would fetch or run."""

import base64
import hashlib
import json
import re
from collections.abc import Callable

import pytest

from embfilter_core import Backbone, InputError, KeptDirections, embed_corpus, lee_background, load_backbone
from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.handout import page as page_module
from embfilter_core.handout.page import check_views
from embfilter_core.handout.scores import stored_scores
from embfilter_core.instrument.committed import committed_data
from embfilter_core.instrument.data import ReferenceCorpus, text_data
from embfilter_core.instrument.sentences import notice
from embfilter_core.spectral.presets import PRESETS, choose_directions
from embfilter_core.stored.record import read_record, stored_ids
from tests.core.handout.pages import HOSTILE, TEXTS, data_of, page_of, part_of


@pytest.fixture(scope="module")
def page(tiny: Callable[..., Backbone]) -> str:
    return page_of(part_of(tiny("llama")))


def test_what_can_be_pressed_is_what_the_library_computes(llama: Backbone, page: str) -> None:
    part, (found,) = part_of(llama), data_of(page)["parts"]
    assert set(found["views"][0]["chosen"]) == {"custom", *(f"{name} {tau}" for name in PRESETS for tau in (2, 4, 8))}
    for state, view in zip(llama.embed(TEXTS, "prompteol"), found["views"], strict=True):
        for name, shown in view["chosen"].items():
            preset, _, tau = name.partition(" ")
            kept = part.kept
            if tau:
                kept = choose_directions(preset, llama.d, int(tau), spectroscopy_scores=part.spectroscopy_scores)
            expected = committed_data(llama, state, kept, part.rates, part.reference, preset, int(tau or 2))
            assert shown["runs"] == expected["runs"]
            for listed in ("unfiltered", "removed", "kept"):
                assert [token["ranks"] for token in shown["lists"][listed]] == [
                    token["ranks"] for token in expected["lists"][listed]
                ]
                assert [token["logit"] for token in shown["lists"][listed]] == pytest.approx(
                    [token["logit"] for token in expected["lists"][listed]], rel=1e-6
                )
            assert [entry["filtered"]["cosine"] for entry in shown["near"]["filtered"]] == pytest.approx(
                [entry["filtered"]["cosine"] for entry in expected["near"]["filtered"]], rel=1e-6
            )
            assert shown["notice"] == notice(expected)


def test_what_is_dragged_is_computed_from_what_the_app_sends(llama: Backbone, page: str) -> None:
    part, (found,) = part_of(llama), data_of(page)["parts"]
    expected = text_data(llama, llama.embed(TEXTS, "prompteol")[1], part.rates, part.reference)
    assert {name: found["views"][1][name] for name in expected} == json.loads(json.dumps(expected))


def test_texts_are_data_and_never_markup(page: str) -> None:
    assert data_of(page)["texts"] == list(TEXTS)
    assert HOSTILE not in page
    assert page.count("<script") == 2
    assert "onerror" not in page
    assert "A &lt;b&gt;title&lt;/b&gt;" in page
    assert "<p>$x$ &lt;/p&gt;</p>" in page


def test_the_policy_lets_this_script_and_these_styles_alone_run(page: str) -> None:
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules.pop("default-src") == rules.pop("base-uri") == rules.pop("form-action") == "'none'"
    assert rules.pop("img-src") == "data:"
    for kind, rule in rules.items():
        tag = kind.removesuffix("-src")
        contents = re.findall(rf"<{tag}(?: type=\"module\")?>(.*?)</{tag}>", page, re.DOTALL)
        digests = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in contents]
        assert rule.split() == [f"'sha256-{digest}'" for digest in digests]
    assert set(rules) == {"script-src", "style-src"}


def test_nothing_of_it_is_fetched_from_elsewhere(page: str) -> None:
    assert not re.search(r"(?:src|href)\s*=\s*[\"'](?!data:)", page)
    assert not re.search(r"\b(?:fetch|XMLHttpRequest|WebSocket|import\()", page)
    assert "@import" not in page
    assert "url(" not in page


def test_it_says_which_backbone_made_it(llama: Backbone, page: str) -> None:
    for fact in (llama.name, llama.fingerprint, "PromptEOL", "2, the last", "bulk: 16 of 32, start 8, stop 24"):
        assert fact in page
    assert "A few texts: here" in page
    assert "arXiv 2606.07502" in page


def test_a_band_of_ones_own_and_no_corpus_are_shown_too(llama: Backbone) -> None:
    part = part_of(llama, KeptDirections.band(32, 3, 9), reference=None, spectroscopy_scores=None)
    (found,) = data_of(page_of(part))["parts"]
    assert found["first"] == {"preset": "custom", "ratio": 2}
    assert found["views"][0]["chosen"]["custom"]["runs"] == [[3, 9]]
    assert found["views"][0]["near"] is None
    assert "quiet" not in found["same"]["presets"]
    assert not any(name.startswith("quiet") for name in found["views"][0]["chosen"])


def test_half_a_character_becomes_a_question_mark(llama: Backbone) -> None:
    page = page_of(part_of(llama, reference=None), texts=("the \udc80 cat",), title="a \udc80 title")
    assert "<h1>a ? title</h1>" in page
    assert data_of(page)["texts"] == ["the ? cat"]


def test_too_many_views_or_bytes_are_refused(llama: Backbone, monkeypatch: pytest.MonkeyPatch) -> None:
    check_views(12, 2)
    with pytest.raises(InputError, match="13 texts with 2 backbones are 26 views; a page holds 24"):
        check_views(13, 2)
    with pytest.raises(InputError, match="There is no text"):
        check_views(0, 1)
    monkeypatch.setattr(page_module, "MOST_BYTES", 100_000)
    with pytest.raises(InputError, match="The page would take .* for 2 views"):
        page_of(part_of(llama))


def test_scores_of_another_backbone_are_not_told(llama: Backbone) -> None:
    assert stored_scores(llama, part_of(llama).prompt, None, False) == ()


@pytest.mark.real
def test_a_page_of_the_bundled_backbone_tells_what_was_measured_of_it_and_is_small() -> None:
    real, corpus = load_backbone(BUNDLED.id), lee_background()
    prompt = part_of(real).prompt
    reference = ReferenceCorpus(corpus, real.spectrum.coefficients(embed_corpus(real, corpus, prompt)))
    scores = stored_scores(real, prompt, None, False)
    page = page_of(part_of(real, reference=reference, scores=scores), texts=TEXTS[:1])
    found = data_of(page)["parts"][0]["scores"]
    assert [one["name"] for one in found] == [read_record(name).name for name in stored_ids()]
    assert all(one["bands"]["called"] == "stored" and one["told"].startswith("Stored, ") for one in found)
    assert len(page.encode()) < 1_500_000
    assert stored_scores(real, prompt, 3, False) == stored_scores(real, prompt, None, True) == ()
