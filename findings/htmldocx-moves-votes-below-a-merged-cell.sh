#!/usr/bin/env bash
# htmldocx puts 李四 under 学院 and his votes under 姓名, where one cell of the college is as high as two people.
#
# A cell with rowspan="2" has no cell below it in the next row of HTML, and one with colspan="2" none beside it. htmldocx
# makes a Word table of the right size and fills each row from the left, so everything that stands right of such a cell is
# in another column: the second candidate is a college whose candidate is called 40, the sum stands under the names. The
# last column is empty there, without a warning. Tables without such cells are right. pandoc and html-to-docx make merged
# cells of the same page, and everything stands where it was.
#
# Guessed before: that html-to-docx misplaces such cells, and htmldocx loses no more than the merging.
# Seen with htmldocx 0.0.6, python-docx 1.2.0, pypandoc_binary 1.17 (pandoc 3.9, PyPI), html-to-docx 1.8.0 (npm), Node 20,
# Python 3.11, run on 2026-11-29.
# Who is hurt: all but the first of each college on a result that goes from the page into a Word file for the seal.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q htmldocx==0.0.6 python-docx==1.2.0 pypandoc_binary==1.17
npm init -y >/dev/null
npm install --silent --no-audit --no-fund html-to-docx@1.8.0 >/dev/null

cat >convert.js <<'JS'
const fs = require('fs');
const [, , html, to] = process.argv;
require('html-to-docx')(html).then(made => fs.writeFileSync(to, made)).catch(error => { console.error(error); process.exit(1); });
JS
cat >read.py <<'PY'
import subprocess

import docx, pypandoc
from htmldocx import HtmlToDocx

def row(*cells):
    return "<tr>" + "".join(cell if cell.startswith("<td") else f"<td>{cell}</td>" for cell in cells) + "</tr>"

heading = "<tr><th>学院</th><th>姓名</th><th>票数</th></tr>"
merged = ("<table>" + heading + row('<td rowspan="2">文学院</td>', "张三", "50") + row("李四", "40") + row("理学院", "王五", "60")
          + row('<td colspan="2">合计</td>', "150") + "</table>")
flat = "<table>" + heading + row("文学院", "张三", "50") + row("文学院", "李四", "40") + "</table>"

def htmldocx(html):
    made = docx.Document()
    HtmlToDocx().add_html_to_document(html, made)
    made.save("made.docx")

writers = {
    "htmldocx": htmldocx,
    "pandoc": lambda html: pypandoc.convert_text(html, "docx", "html", outputfile="made.docx"),
    "html-to-docx": lambda html: subprocess.run(["node", "convert.js", html, "made.docx"], check=True),
}
top = ["学院", "姓名", "票数"]
moved = [top, ["文学院", "张三", "50"], ["李四", "40", ""], ["理学院", "王五", "60"], ["合计", "150", ""]]
right = [top, ["文学院", "张三", "50"], ["文学院", "李四", "40"], ["理学院", "王五", "60"], ["合计", "合计", "150"]]
for name, writer in writers.items():
    found = []
    for html in (merged, flat):
        writer(html)
        found.append([[cell.text.strip() for cell in one.cells] for one in docx.Document("made.docx").tables[0].rows])
    print(f"{name:13}", found[0])
    assert found[0] == (moved if name == "htmldocx" else right), name
    assert found[1] == right[:3], name
print("as on 2026-11-29: 李四 is a college")
PY
v/bin/python read.py
