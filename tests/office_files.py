"""Office files made by hand: no more in them than a test is about."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
P = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    f' xmlns:r="{_TYPES}"'
)
S = f'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{_TYPES}"'
ODF = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "text": "text",
        "table": "table",
        "draw": "drawing",
        "style": "style",
        "fo": "xsl-fo-compatible",
        "svg": "svg-compatible",
        "presentation": "presentation",
    }.items()
)
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """An archive of these members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def relations(targets: Mapping[str, tuple[str, str]]) -> str:
    """A part of relations: by id, the kind and the target of each."""
    items = "".join(
        f'<Relationship Id="{id_}" Type="{_TYPES}/{kind}" Target="{target}"/>'
        for id_, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{_RELATIONS}">{items}</Relationships>'


def package(main: str, parts: Mapping[str, str | bytes]) -> bytes:
    """An Office Open XML package whose main part has this name."""
    return zipped({"_rels/.rels": relations({"rId1": ("officeDocument", main)}), **parts})


def word(body: str, styles: str = "", notes: str = "", title: str = "") -> bytes:
    """A Word document."""
    return zipped(
        {
            "_rels/.rels": relations(
                {"a": ("officeDocument", "word/document.xml"), "b": ("core-properties", "core.xml")}
            ),
            "core.xml": f'<c xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title></c>',
            "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>",
            "word/styles.xml": f"<w:styles {W}>{styles}</w:styles>",
            "word/footnotes.xml": f"<w:footnotes {W}>{notes}</w:footnotes>",
            "word/_rels/document.xml.rels": relations(
                {"a": ("styles", "styles.xml"), "b": ("footnotes", "/word/footnotes.xml")}
            ),
        }
    )


def paragraph(text: str, style: str = "", run: str = "") -> str:
    """A paragraph of a Word document, its one run with the properties `run`."""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:rPr>{run}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def word_table(*rows: list[str], header: bool = False) -> str:
    """A table of a Word document, whose first row may be marked as a header."""
    mark = "<w:trPr><w:tblHeader/></w:trPr>"
    lines = [
        f"<w:tr>{mark if header and not position else ''}"
        + "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row)
        + "</w:tr>"
        for position, row in enumerate(rows)
    ]
    return f"<w:tbl>{''.join(lines)}</w:tbl>"


def presentation(*slides: str, parts: Mapping[str, str | bytes] | None = None) -> bytes:
    """A PowerPoint presentation of slides that are given as their shapes, or as a whole `<p:sld`."""
    ids = "".join(f'<p:sldId id="{256 + i}" r:id="rId{i}"/>' for i in range(len(slides)))
    made: dict[str, str | bytes] = {
        "ppt/presentation.xml": f"<p:presentation {P}><p:sldIdLst>{ids}</p:sldIdLst>"
        '<p:sldSz cx="1000" cy="750"/></p:presentation>',
        "ppt/_rels/presentation.xml.rels": relations(
            {f"rId{i}": ("slide", f"slides/slide{i}.xml") for i in range(len(slides))}
        ),
    }
    for i, slide in enumerate(slides):
        made[f"ppt/slides/slide{i}.xml"] = (
            slide
            if slide.startswith("<p:sld")
            else f"<p:sld {P}><p:cSld><p:spTree>{slide}</p:spTree></p:cSld></p:sld>"
        )
    return package("ppt/presentation.xml", {**made, **(parts or {})})


def shape(
    *texts: str,
    at: tuple[int, int, int, int] | None = (0, 0, 100, 100),
    kind: str = "",
    run: str = "",
    more: str = "",
) -> str:
    """A shape of a slide: `at` is its left, top, width and height, `kind` what placeholder it is."""
    mark = f'<p:ph type="{kind}"/>' if kind else ""
    frame = (
        f'<a:xfrm><a:off x="{at[0]}" y="{at[1]}"/><a:ext cx="{at[2]}" cy="{at[3]}"/></a:xfrm>'
        if at
        else ""
    )
    paragraphs = "".join(f"<a:p><a:r><a:rPr {run}/><a:t>{text}</a:t></a:r></a:p>" for text in texts)
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="1" name="" {more}/><p:nvPr>{mark}</p:nvPr></p:nvSpPr>'
        f"<p:spPr>{frame}</p:spPr><p:txBody>{paragraphs}</p:txBody></p:sp>"
    )


def workbook(
    *sheets: tuple[str, str],
    strings: str = "",
    styles: str = "",
    properties: str = "",
) -> bytes:
    """An Excel workbook of sheets that are given as their attributes and their XML."""
    listed = "".join(
        f'<sheet {attributes} sheetId="{i + 1}" r:id="rId{i}"/>'
        for i, (attributes, _) in enumerate(sheets)
    )
    targets = {f"rId{i}": ("worksheet", f"worksheets/sheet{i}.xml") for i in range(len(sheets))}
    targets |= {"s": ("sharedStrings", "sharedStrings.xml"), "t": ("styles", "styles.xml")}
    return package(
        "xl/workbook.xml",
        {
            "xl/workbook.xml": f"<workbook {S}>{properties}<sheets>{listed}</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": relations(targets),
            "xl/sharedStrings.xml": f"<sst {S}>{strings}</sst>",
            "xl/styles.xml": f"<styleSheet {S}>{styles}</styleSheet>",
            **{
                f"xl/worksheets/sheet{i}.xml": f"<worksheet {S}>{content}</worksheet>"
                for i, (_, content) in enumerate(sheets)
            },
        },
    )


def sheet_rows(*rows: list[str | int | float]) -> str:
    """The rows of a worksheet, numbered from 1, with their strings in line."""
    lines = []
    for number, row in enumerate(rows, 1):
        cells = [
            f'<c r="{chr(65 + column)}{number}"><v>{value}</v></c>'
            if isinstance(value, int | float)
            else f'<c r="{chr(65 + column)}{number}" t="inlineStr"><is><t>{value}</t></is></c>'
            for column, value in enumerate(row)
            if value != ""
        ]
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    return f"<sheetData>{''.join(lines)}</sheetData>"


def opendocument(
    kind: str, body: str, styles: str = "", title: str = "", shared: str = "", manifest: str = ""
) -> bytes:
    """An OpenDocument file; `kind` is `text`, `spreadsheet` or `presentation`."""
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": f"<office:document-content {ODF}><office:automatic-styles>{styles}"
            f"</office:automatic-styles><office:body><office:{kind}>{body}</office:{kind}></office:body>"
            "</office:document-content>",
            "styles.xml": f"<office:document-styles {ODF}>{shared}</office:document-styles>",
            "meta.xml": f'<office:document-meta {ODF} xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<office:meta><dc:title>{title}</dc:title></office:meta></office:document-meta>",
            "META-INF/manifest.xml": f"<manifest>{manifest}</manifest>",
        }
    )
