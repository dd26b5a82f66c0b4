"""How links call a backbone: one of one's own by its name and fingerprint, never by a path where that can be."""

from embfilter_core.backbones.catalogue import CATALOGUE
from embfilter_core.backbones.places import is_path, place_of, reference_of
from pages.cached.backbones import in_memory, path_in_memory
from pages.cached.stored_backbones import PREFIX
from pages.frame.hosting import is_hosted


class _AnyStored:
    """All names that ask for a stored backbone."""

    def __contains__(self, spec: object) -> bool:
        return str(spec).startswith(PREFIX)


ANY_STORED = _AnyStored()


def linked_as(spec: str) -> list[str]:
    """Return what a link says of a backbone.

    Of a path it is a reference once the backbone is loaded, and the path until then. A
    hosted app links its catalogue alone, and does not look whether there is a path.
    """
    if spec in CATALOGUE or spec in ANY_STORED:
        return [spec]
    if is_hosted():
        return []
    loaded = in_memory(spec) if is_path(spec) else None
    return [spec if loaded is None else reference_of(loaded)]


def meant_by(linked: list[str]) -> str:
    """Return the backbone that a link means: its path, where the reference is known on this machine."""
    (spec,) = linked
    return spec if is_hosted() else path_in_memory(spec) or place_of(spec)
