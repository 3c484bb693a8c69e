"""Workbooks land as the CSV export of their first sheet would."""

import zipfile
from xml.sax.saxutils import escape

import pytest
from drop_folder import mapping

CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEADER = ["id", "text", "author", "created", "likes", "lang"]


def workbook(path, rows):
    """Write rows of texts and numbers as the first sheet of a workbook, as small as the format allows."""

    def cell(value):
        if value is None:
            return "<c/>"
        if isinstance(value, str):
            return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'
        return f"<c><v>{value}</v></c>"

    data = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
    related = f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{OFFICE}/'
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("[Content_Types].xml", CONTENT_TYPES)
        file.writestr("_rels/.rels", related + 'officeDocument" Target="xl/workbook.xml"/></Relationships>')
        file.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{SHEET}" xmlns:r="{OFFICE}"><sheets>'
            '<sheet name="Mentions" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        file.writestr(
            "xl/_rels/workbook.xml.rels",
            related + 'worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        )
        file.writestr(
            "xl/worksheets/sheet1.xml",
            f'<worksheet xmlns="{SHEET}"><sheetData>{data}</sheetData></worksheet>',
        )


@pytest.fixture
def xlsx(drop):
    drop.mappings = [mapping(format="xlsx", pattern="*.xlsx", skip_lines="find", absent=["n/a"])]
    return drop


def test_a_sheet_lands_like_its_csv_export(xlsx):
    rows = [
        ["Export of mentions"],
        [],
        HEADER,
        [1, "Two lines & more", "Ann", "2026-08-01T10:00:00Z", 3, "en"],
        [None, None, None, None, None, None],
        ["2", "schön 😀", "Bob", "2026-08-01T12:00:00Z", "n/a", "de"],
        ["3", "bad", "Bob", "2026-08-01T12:00:00Z", 2.5, "de"],
    ]
    workbook(xlsx.home.drop / "a.xlsx", rows)
    xlsx.land()
    landed = xlsx.query("select post_id, text, like_count, language from raw_files.posts order by post_id")
    assert landed == [("1", "Two lines & more", 3, "en"), ("2", "schön 😀", None, "de")]
    bad = xlsx.query("select reason, field, line from raw_files.quarantine")
    assert bad == [("not_an_integer", "like_count", 7)]
    assert "Ann" not in str(xlsx.query("select * from raw_files.posts"))


def test_a_file_that_is_no_workbook_is_told_and_stops_no_other(xlsx):
    (xlsx.home.drop / "b.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    workbook(xlsx.home.drop / "c.xlsx", [HEADER, ["1", "a", "Ann", "2026-08-01T10:00:00Z", 3, "en"]])
    xlsx.land()
    assert xlsx.query("select reason, unit from raw_files.quarantine") == [("unreadable_file", "b.xlsx")]
    assert xlsx.query("select count(*) from raw_files.posts") == [(1,)]


def test_a_missing_column_is_told_with_those_that_the_sheet_has(xlsx):
    workbook(xlsx.home.drop / "d.xlsx", [["id", "text"], ["1", "a"]])
    xlsx.land()
    ((reason, field, detail),) = xlsx.query("select reason, field, detail from raw_files.quarantine")
    assert (reason, field) == ("missing_column", "columns.author_id") and "it has id, text" in detail


def test_an_empty_sheet_lands_nothing(xlsx):
    workbook(xlsx.home.drop / "e.xlsx", [])
    xlsx.land()
    assert xlsx.query("select message from raw_files.landings") == [("the file is empty: nothing to land",)]
