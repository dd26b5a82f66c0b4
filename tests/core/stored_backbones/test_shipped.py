"""The stored backbones that come with the app: whole, small, read at once, and told apart by what is said of them."""

import subprocess
import sys
from pathlib import Path

import pytest

from embfilter_core.data.corpora import lee_background
from embfilter_core.stored.sources import SOURCES
from embfilter_core.stored_backbones.__main__ import MEASURED, QWEN, SHOWN
from embfilter_core.stored_backbones.limits import MAX_FILE_BYTES
from embfilter_core.stored_backbones.reading import check_whole, read_parts, read_text
from embfilter_core.stored_backbones.sentences import what_it_shows
from embfilter_core.stored_backbones.shelf import find_stored, stored_backbones

BUNDLED = "smollm2-135m-instruct"
LIST_THEM = """
import sys
from embfilter_core.stored_backbones.shelf import stored_backbones
from embfilter_core.stored_backbones.sentences import what_it_shows
assert all(what_it_shows(one.findings) for one in stored_backbones())
print(sorted({"torch", "pandas", "transformers", "scipy"} & set(sys.modules)))
"""


@pytest.mark.real
def test_both_are_whole_within_the_limit_and_show_the_same_texts() -> None:
    shipped = [one for one in stored_backbones() if one.shipped]
    assert [one.id for one in shipped] == [BUNDLED, QWEN]
    for one in shipped:
        assert one.path.stat().st_size <= MAX_FILE_BYTES
        assert one.licence == "Apache-2.0"
        check_whole(one)
    texts = [{text.text for text in one.texts} for one in shipped]
    assert texts[0] == texts[1] == {lee_background().texts[place] for place in SHOWN}


def test_both_were_measured_on_the_same_public_pairs() -> None:
    curves = [read_parts(find_stored(name)).measured for name in (BUNDLED, QWEN)]
    (name,) = {curve.name for curve in curves[0]} & {curve.name for curve in curves[1]}
    assert name == SOURCES[MEASURED].name
    one, other = (next(curve for curve in found if curve.name == name) for found in curves)
    assert (one.measure, one.units) == (other.measure, other.units)
    assert other.ks[-1] == find_stored(QWEN).d
    assert all(low <= value <= high for value, low, high in other.scores)


def test_a_list_of_them_and_what_is_said_of_each_needs_no_heavy_import() -> None:
    result = subprocess.run([sys.executable, "-c", LIST_THEM], capture_output=True, text=True, timeout=60, check=True)
    assert result.stdout.strip() == "[]"


def test_the_larger_one_is_the_one_that_was_measured_elsewhere() -> None:
    stored = find_stored(QWEN)
    values = read_parts(stored).directions["values"]
    assert (stored.d, stored.vocab_size, stored.layers) == (1536, 151_936, 28)
    assert [*values[:3], values[-1]] == pytest.approx([113.994, 17.492, 14.215, 1.699], rel=2e-4)


def test_what_holds_for_one_and_not_for_the_other_is_said_of_one_alone() -> None:
    one, other = (what_it_shows(find_stored(name).findings) for name in (BUNDLED, QWEN))
    assert "but no more of the text's own" in one[0] and "but fewer are the text's own words" in other[0]
    assert "partly linear" in one[3] and "linear in these states about their mean alone" in other[3]


def test_readme_tells_how_many_of_the_top_tokens_are_the_texts_own_words() -> None:
    own = [find_stored(name).findings.own for name in (BUNDLED, QWEN)]
    small, large = ({name: f"{20 * share[0]:.1f}" for name, share in found.items()} for found in own)
    told = " ".join((Path(__file__).parents[3] / "README.md").read_text("utf-8").split())
    assert f"go from {small['unfiltered']} to {small['kept']} on the bundled one" in told
    assert f"and from {large['unfiltered']} to {large['kept']} on the larger" in told
    assert f"filter gives {small['centred']} and {large['centred']}." in told


def test_readme_tells_what_half_of_the_directions_give_the_larger_one() -> None:
    stored = find_stored(QWEN)
    (curve,) = read_parts(stored).measured
    half = curve.ks.index(stored.d // 2)
    unfiltered, filtered, (_, low, high) = curve.scores[-1][0], curve.scores[half][0], curve.gains[half]
    told = " ".join((Path(__file__).parents[3] / "README.md").read_text("utf-8").split())
    assert f"goes from {unfiltered:.1f} to {filtered:.1f} points ({low:+.1f} to {high:+.1f})" in told


def test_its_tokens_of_a_text_on_a_fire_speak_of_it_once_filtered() -> None:
    stored = find_stored(QWEN)
    place = next(i for i, text in enumerate(stored.texts) if "bushfire" in text.text)
    lists = read_text(stored, place).instrument["committed"]["lists"]
    frequent = {name: sum(token["frequent"] for token in tokens) for name, tokens in lists.items()}
    assert frequent["kept"] < frequent["unfiltered"]
