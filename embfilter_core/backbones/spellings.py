"""The ways in which people write where a backbone is, brought to one: a path, or `owner/name` with what follows it."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from embfilter_core.errors import BackboneError

HUB_HOSTS = ("huggingface.co", "www.huggingface.co", "hf.co")
MAIN = "main"
_SCHEME = re.compile(r"https?://", re.IGNORECASE)


def plain_spelling(spec: str) -> str:
    """Return a name without what it is pasted with: white space, quotes, `file://`, the address of the hub.

    `https://huggingface.co/owner/name/tree/main` is `owner/name`, and the address of a file of it `owner/name/file`.

    Raises:
        BackboneError: It is an address of something else, or of another branch than the main one.
    """
    spec = spec.strip()
    while len(spec) > 1 and spec[0] == spec[-1] and spec[0] in "\"'`":
        spec = spec[1:-1].strip()
    if spec.lower().startswith("file://"):
        return url2pathname(urlsplit(spec).path)
    host, _, rest = _SCHEME.sub("", spec).partition("/")
    if host.lower() in HUB_HOSTS:
        return _on_hub(rest, spec)
    if _SCHEME.match(spec):
        raise BackboneError(
            f"{spec[:80]} is not an address of the Hugging Face hub.", "Fetch it yourself and name the file or folder."
        )
    return spec


def _on_hub(address: str, spec: str) -> str:
    parts = [unquote(part) for part in re.split(r"[?#]", address)[0].split("/") if part]
    if len(parts) < 2 or parts[0] in ("datasets", "spaces", "collections", "papers"):
        raise BackboneError(f"{spec[:80]} is not the address of a model.", "A model's looks like owner/name.")
    repo, kind, branch, file = "/".join(parts[:2]), parts[2:3], parts[3:4], parts[4:]
    if kind not in ([], ["tree"], ["blob"], ["resolve"]):
        return repo
    if branch and branch != [MAIN]:
        raise BackboneError(
            f"{spec[:80]} is of the branch {branch[0]}; the main one alone is read.",
            "Fetch that branch yourself and name its folder.",
        )
    return "/".join([repo, *file]) if file and kind != ["tree"] else repo
