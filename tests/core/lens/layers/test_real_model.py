"""On the bundled backbone the last row is the model's own prediction, and the layers before it are not."""

import numpy as np
import pytest
import torch

from embfilter_core import layer_states, load_backbone, read_layers

pytestmark = pytest.mark.real


def test_the_last_row_on_the_bundled_backbone_is_what_the_model_itself_says() -> None:
    smollm = load_backbone("smollm2-135m-instruct")
    text = "Firefighters battled a bushfire."
    reading = read_layers(smollm, layer_states(smollm, text))
    ids = torch.tensor([smollm.encode([text])[0].token_ids])
    with torch.inference_mode():
        own = smollm.architecture.model(input_ids=ids).logits[0].double().numpy()
    assert reading.grid.layers.tolist() == list(range(31))
    assert len(reading.grid.positions) == ids.shape[1]
    listed = np.take_along_axis(own, reading.token_ids[-1], axis=-1)
    assert (np.abs(reading.logits[-1] - listed) <= 1e-3 * np.abs(listed)).all()
    assert np.array_equal(reading.final_tokens, own.argmax(-1))
    assert (reading.final_ranks[-1] == 1).all()
    assert (reading.kl[0] > 1).all()
