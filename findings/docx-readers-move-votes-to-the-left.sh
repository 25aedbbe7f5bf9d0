#!/usr/bin/env bash
# Votes that stand under 赞成, 反对 and 弃权 in Word stand under 姓名, 赞成 and 反对 in mammoth, pandoc and python-docx.
#
# A row of a Word table may begin further right than the others, as when its left edge was dragged there. The file has no
# cell for the gap, it says w:gridBefore: so many columns of the grid are passed over. mammoth and pandoc do not read
# that, and put the first cell of the row under the first heading. python-docx's row.cells does too, and its
# table.cell(row, column), which counts all cells in one line, goes on from there: every row below is shifted by one, the
# next person's name ends the row before, and the last cell is an IndexError. w:gridAfter, at the other end, shifts
# table.cell as well. docx-preview alone has the votes where they are. A cell that is there and empty is right in all.
#
# Guessed before: pandoc and python-docx make an empty cell of it; that table.cell shifts all that follows was not guessed.
# Seen with mammoth 1.13.0, pypandoc_binary 1.17 (pandoc 3.9), python-docx 1.2.0 (PyPI), docx-preview 0.4.1, jsdom 24.1.3
# (npm), Node 20, Python 3.11, run on 2026-11-29.
# Who is hurt: candidates on a record of the count: votes in favour are no votes but a name, votes against are in favour.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q python-docx==1.2.0 mammoth==1.13.0 pypandoc_binary==1.17
npm init -y >/dev/null
npm install --silent --no-audit --no-fund docx-preview@0.4.1 jsdom@24.1.3 >/dev/null

cat >show.js <<'JS'
const fs = require('fs');
const { JSDOM } = require('jsdom');
const { window } = new JSDOM('<!doctype html><body><div id="page"></div>');
Object.assign(global, { window, document: window.document, DOMParser: window.DOMParser, Node: window.Node,
  HTMLElement: window.HTMLElement, XMLSerializer: window.XMLSerializer });
const preview = require('docx-preview');
const page = document.getElementById('page');
preview.renderAsync(fs.readFileSync(process.argv[2]), page, page, { inWrapper: false }).then(() => {
  console.log(page.querySelector('table').outerHTML);
}).catch(error => { console.error(error); process.exit(1); });
JS
cat >read.py <<'PY'
import subprocess, zipfile
from html.parser import HTMLParser

import docx, mammoth, pypandoc

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
P = "http://schemas.openxmlformats.org/package/2006/"
O = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"

def row(*cells, before=0, after=0):
    skip = f'<w:trPr><w:gridBefore w:val="{before}"/><w:wBefore w:w="{2000 * before}" w:type="dxa"/></w:trPr>' if before else ""
    if after:
        skip = f'<w:trPr><w:gridAfter w:val="{after}"/><w:wAfter w:w="{2000 * after}" w:type="dxa"/></w:trPr>'
    wide = '<w:tcPr><w:tcW w:w="2000" w:type="dxa"/></w:tcPr>'
    return f"<w:tr>{skip}" + "".join(f"<w:tc>{wide}<w:p><w:r><w:t>{cell}</w:t></w:r></w:p></w:tc>" for cell in cells) + "</w:tr>"

def save(path, *rows):
    table = ('<w:tbl><w:tblPr><w:tblW w:w="8000" w:type="dxa"/></w:tblPr><w:tblGrid>' + '<w:gridCol w:w="2000"/>' * 4
             + "</w:tblGrid>" + "".join(rows) + "</w:tbl><w:p/>")
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("[Content_Types].xml", f'<Types xmlns="{P}content-types"><Default Extension="rels" '
                   'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override '
                   'PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
                   'wordprocessingml.document.main+xml"/></Types>')
        z.writestr("_rels/.rels", f'<Relationships xmlns="{P}relationships"><Relationship Id="r1" Type="{O}" '
                   'Target="word/document.xml"/></Relationships>')
        z.writestr("word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{table}<w:sectPr/></w:body></w:document>')

class Rows(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.rows = []
        self.feed(text)
    def handle_starttag(self, tag, attributes):
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1] += [""] * int(dict(attributes).get("colspan", 1))
    def handle_data(self, words):
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += words.strip()

def preview(path):
    return Rows(subprocess.run(["node", "show.js", path], check=True, capture_output=True, text=True).stdout).rows

readers = {
    "docx-preview": preview,
    "mammoth": lambda path: Rows(mammoth.convert_to_html(open(path, "rb")).value).rows,
    "pandoc": lambda path: Rows(pypandoc.convert_file(path, "html")).rows,
    "python-docx": lambda path: [[cell.text for cell in one.cells] for one in docx.Document(path).tables[0].rows],
}
heading, first, last = ["姓名", "赞成", "反对", "弃权"], ["张三", "50", "6", "7"], ["李四", "40", "8", "9"]
save("skipped.docx", row(*heading), row(*first), row("30", "20", "13", before=1), row(*last))
save("empty.docx", row(*heading), row(*first), row("", "30", "20", "13"), row(*last))
for name, read in readers.items():
    one, other = read("skipped.docx"), read("empty.docx")
    print(f"{name:13} second vote: {one[2]}, with an empty cell: {other[2]}")
    assert other == [heading, first, ["", "30", "20", "13"], last], other
    found = one[2] + [""] * (4 - len(one[2]))
    assert found == (["", "30", "20", "13"] if name == "docx-preview" else ["30", "20", "13", ""]), found
    assert one[3] == last

table = docx.Document("skipped.docx").tables[0]
below = [table.cell(3, column).text for column in range(3)]
print("python-docx, table.cell of the row below:", below)
assert [table.cell(2, column).text for column in range(4)] == ["30", "20", "13", "李四"]
assert below == ["40", "8", "9"]
try:
    raise SystemExit(f"there is {table.cell(3, 3).text}")
except IndexError as error:
    print("and its last cell:", error)
save("short.docx", row(*heading), row("王五", "30", after=2), row(*last))
short = [docx.Document("short.docx").tables[0].cell(2, column).text for column in range(2)]
print("python-docx, table.cell of the row below a short one:", short)
assert short == ["8", "9"]
print("as on 2026-11-29: votes in favour stand where the names are")
PY
v/bin/python read.py
