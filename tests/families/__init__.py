"""A tiny random model of every family that is checked, and the table of README that comes of them (`make families`)."""

from tests.families.common import FAMILY_CONFIGS
from tests.families.dense import DENSE
from tests.families.mixtures import MIXTURES
from tests.families.recurrent import RECURRENT
from tests.families.sizes import MakeConfig
from tests.families.vision import VISION_LANGUAGE

ALL_CONFIGS: dict[str, MakeConfig] = FAMILY_CONFIGS | DENSE | MIXTURES | RECURRENT | VISION_LANGUAGE
