# SPDX-License-Identifier: Apache-2.0
"""Excel workbooks written by hand (ECMA-376, SpreadsheetML), for tests of the reader: nothing here knows how it reads."""
import zipfile

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
STYLES = """<?xml version="1.0"?><styleSheet>
<numFmts><numFmt numFmtId="170" formatCode="dd&quot;.&quot;mm\\.yyyy"/><numFmt numFmtId="171" formatCode="[Red]#,##0.00&quot; d&quot;"/></numFmts>
<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/><xf numFmtId="171"/></cellXfs></styleSheet>"""
GENERAL, DATE, OWN_DATE, MONEY = range(4)  # styles of the cells above


def text(reference, content):
    return f'<c r="{reference}" t="inlineStr"><is><t>{content}</t></is></c>'


def number(reference, content, style=GENERAL):
    return f'<c r="{reference}" s="{style}"><v>{content}</v></c>'


def shared(reference, index):
    return f'<c r="{reference}" t="s"><v>{index}</v></c>'


def row(number_of_row, *cells):
    return f'<row r="{number_of_row}">{"".join(cells)}</row>'


def write(path, sheets, *, dimension="A1:E9", from_1904=False, texts=(), prolog="", hidden=()):
    """sheets: {name: rows}; texts: contents of the <si> elements that cells share."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        head = '<?xml version="1.0"?>' + prolog
        out.writestr("[Content_Types].xml", "<Types/>")
        out.writestr("_rels/.rels", f'{head}<Relationships xmlns="{PACKAGE}"><Relationship Id="r" '
                     f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>')
        names = "".join(f'<sheet name="{name}" sheetId="{i}" r:id="r{i}"{" state=" + chr(34) + "hidden" + chr(34) if name in hidden else ""}/>'
                        for i, name in enumerate(sheets, 1))
        out.writestr("xl/workbook.xml", f'{head}<workbook xmlns:r="{RELATIONS}">'
                     f'<workbookPr date1904="{int(from_1904)}"/><sheets>{names}</sheets></workbook>')
        out.writestr("xl/_rels/workbook.xml.rels", head + "<Relationships>" + "".join(
            f'<Relationship Id="r{i}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{i}.xml"/>'
            for i in range(1, len(sheets) + 1)) + "</Relationships>")
        out.writestr("xl/styles.xml", STYLES)
        if texts:
            out.writestr("xl/sharedStrings.xml", head + "<sst>" + "".join(f"<si>{t}</si>" for t in texts) + "</sst>")
        for i, rows in enumerate(sheets.values(), 1):
            size = f'<dimension ref="{dimension}"/>' if dimension else ""
            out.writestr(f"xl/worksheets/sheet{i}.xml",
                         f"{head}<worksheet>{size}<sheetData>{rows}</sheetData></worksheet>")
