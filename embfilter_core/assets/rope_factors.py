"""The scaled positions of Llama 3.1 and later, which a GGUF file holds as a tensor that transformers leaves out."""

import numpy as np
from transformers import PreTrainedConfig

LOW_FREQUENCY_FACTOR, HIGH_FREQUENCY_FACTOR, TRAINED_POSITIONS = 1.0, 4.0, 8192
"""Those of every Llama 3.1 to 3.3; only the factor differs."""
TOLERANCE = 1e-4


def restore_scaling(config: PreTrainedConfig, factors: np.ndarray) -> None:
    """Write into a configuration by what rotary frequencies were divided.

    Args:
        config: The configuration; where its positions are not the plain ones, transformers has them from elsewhere.
        factors: (head_dim / 2,), what every inverse frequency is divided by.

    Raises:
        ValueError: The factors are not those of the scaling that is called llama3.
    """
    plain = getattr(config, "rope_parameters", None) or {}
    if np.all(factors == 1) or plain.get("rope_type") != "default":
        return
    theta, factor = plain["rope_theta"], float(factors.max())
    expected = llama3_factors(theta, 2 * len(factors), factor)
    if not np.allclose(factors, expected, rtol=TOLERANCE):
        raise ValueError("Its positions are scaled in a way that is not known here.")
    config.rope_parameters = {
        "rope_type": "llama3",
        "rope_theta": theta,
        "factor": factor,
        "low_freq_factor": LOW_FREQUENCY_FACTOR,
        "high_freq_factor": HIGH_FREQUENCY_FACTOR,
        "original_max_position_embeddings": TRAINED_POSITIONS,
    }


def llama3_factors(theta: float, head_dim: int, factor: float) -> np.ndarray:
    """Return what each of the head_dim / 2 inverse frequencies is divided by, as Llama 3.1's own code has it.

    Long wavelengths are divided by `factor`, short ones by 1, and those between by something between.
    """
    wavelengths = 2 * np.pi * theta ** (np.arange(0, head_dim, 2) / head_dim)
    smooth = (TRAINED_POSITIONS / wavelengths - LOW_FREQUENCY_FACTOR) / (HIGH_FREQUENCY_FACTOR - LOW_FREQUENCY_FACTOR)
    smooth = smooth.clip(0, 1)
    return 1 / ((1 - smooth) / factor + smooth)
