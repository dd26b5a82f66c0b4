"""`--columns ROLE=NAME,...`: what the columns of labelled data are called, and what is labelled, by that."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from embfilter_core.errors import InputError

if TYPE_CHECKING:
    from embfilter_core.data.tables.columns import OneTableKind
    from embfilter_core.data.tables.read_table import UploadedTable


def parse_columns(columns: str | None) -> dict[str, str]:
    """Return the column by role, of `role=name,role=name`.

    Raises:
        InputError: It cannot be read, or names a role twice or one that does not exist.
    """
    from embfilter_core.data.tables.columns import ROLES, role_ids

    known = {role for kind in ROLES for role in role_ids(kind)}
    found: dict[str, str] = {}
    for part in columns.split(",") if columns else ():
        role, equals, name = (piece.strip() for piece in part.partition("="))
        if not (role and equals and name) or role in found:
            raise InputError(f"{part!r} in --columns cannot be read.", "Write text1=a,text2=b,score=c.")
        if role not in known:
            raise InputError(f"--columns cannot name {role!r}.", "See --help for what it can.")
        found[role] = name
    return found


def guess_kind(read: "UploadedTable", columns: dict[str, str]) -> "OneTableKind":
    """Return what is labelled in a table, by the roles that are named, else by the names of its columns.

    Raises:
        InputError: They tell nothing.
    """
    from embfilter_core.data.tables.columns import ONE_TABLE_KINDS, guess_columns, listed_columns, role_ids

    for kind in ONE_TABLE_KINDS:
        roles = role_ids(kind)
        if set(columns) & set(roles) or (not columns and len(guess_columns(read.frame, kind)) == len(roles)):
            return kind
    raise InputError(
        " ".join((f"It cannot be told what is labelled in {listed_columns(read.frame)}.", *read.notes)),
        "Give --columns text1=a,text2=b,score=c or text=a,label=b.",
    )


def refuse_unretrieved(columns: dict[str, str]) -> None:
    """Raise InputError where a role is named that queries, documents and relevance do not have."""
    from embfilter_core.data.tables.columns import RETRIEVAL_TABLES, role_ids

    refuse_others(columns, [role for kind in RETRIEVAL_TABLES for role in role_ids(kind)], "queries and documents")


def refuse_others(columns: dict[str, str], known: Iterable[str], kind: str) -> None:
    """Raise InputError where a role is named that is not known of a kind of labelled data."""
    unknown = [role for role in columns if role not in known]
    if unknown:
        raise InputError(f"--columns names a {unknown[0]!r}, but {kind} have none.", f"Use {', '.join(known)}.")
