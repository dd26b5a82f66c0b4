"""No test reaches a hub, nor depends on what this machine has cached of one."""

import os
import tempfile

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_HOME"] = tempfile.mkdtemp(prefix="embfilter-tests-hub-")
