"""Workbooks for the tests, as spreadsheets write them, or with parts of their XML replaced."""

import io
import zipfile

from openpyxl import Workbook


def workbook(sheets: dict[str, list[list]], **replaced: bytes) -> bytes:
    """The bytes of a workbook with those rows, by sheet; parts of it are replaced by their name, or added."""
    book, out = Workbook(), io.BytesIO()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(out)
    if not replaced:
        return out.getvalue()
    changed = io.BytesIO()
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for path in old.namelist():
            given = next((data for end, data in replaced.items() if path.endswith(f"{end}.xml")), None)
            new.writestr(path, old.read(path) if given is None else given)
        for end, data in replaced.items():
            if not any(path.endswith(f"{end}.xml") for path in old.namelist()):
                new.writestr(f"xl/{end}.xml", data)
    return changed.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    """The bytes of a ZIP archive of those files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return out.getvalue()
