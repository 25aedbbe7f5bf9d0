#!/usr/bin/env bash
# Of a list in which 李四 was moved below 王五 with changes tracked, docx-preview shows 张三, 王五 and 赵六: 李四 is nowhere.
#
# Word notes a move not as a deletion and an insertion but as w:moveFrom and w:moveTo, two elements of their own.
# docx-preview shows w:ins and leaves w:del away, as one expects; of the two others it knows neither, so whoever was moved is
# gone from the old place and from the new one, and an empty paragraph stands in each. The same change made with cut and
# retype is shown rightly. python-docx has no moved text either (nor an inserted one), docx2txt has 李四 twice. mammoth and
# pandoc have everybody once, in the new order. Nothing warns; once the change is accepted in Word all agree.
#
# Guessed before: that a reader which knows insertions shows the new place, or at worst both.
# Seen with docx-preview 0.4.1, jsdom 24.1.3 (npm), python-docx 1.2.0, docx2txt 0.9, mammoth 1.13.0, pypandoc_binary 1.17
# (PyPI), Node 20, Python 3.11, run on 2026-11-29.
# Who is hurt: a candidate whom the committee moved to the right place of the list: on the page that shows the Word file
# to the voters there is no such candidate.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q python-docx==1.2.0 docx2txt==0.9 mammoth==1.13.0 pypandoc_binary==1.17
npm init -y >/dev/null
npm install --silent --no-audit --no-fund docx-preview@0.4.1 jsdom@24.1.3 >/dev/null

cat >make.py <<'PY'
import zipfile

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
P = "http://schemas.openxmlformats.org/package/2006/"
O = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
ids = iter(range(1, 99))

def mark(name, inner=None, more=""):
    said = f'w:{name} w:id="{next(ids)}" w:author="秘书" w:date="2026-11-29T08:00:00Z"{more}'
    return f"<{said}/>" if inner is None else f"<{said}>{inner}</w:{name}>"

def run(words, tag="t"):
    return f"<w:r><w:{tag}>{words}</w:{tag}></w:r>"

def line(inner, change=None):
    kept = f"<w:pPr><w:rPr>{mark(change)}</w:rPr></w:pPr>" if change else ""
    return f"<w:p>{kept}{inner}</w:p>"

def save(path, body):
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("[Content_Types].xml", f'<Types xmlns="{P}content-types"><Default Extension="rels" '
                   'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override '
                   'PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
                   'wordprocessingml.document.main+xml"/></Types>')
        z.writestr("_rels/.rels", f'<Relationships xmlns="{P}relationships"><Relationship Id="r1" Type="{O}" '
                   'Target="word/document.xml"/></Relationships>')
        z.writestr("word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}<w:sectPr/></w:body></w:document>')

name = ' w:name="move1"'
start = mark("moveFromRangeStart", more=name), mark("moveToRangeStart", more=name)
end = [f'<w:move{where}RangeEnd w:id="{s.split(chr(34))[1]}"/>' for where, s in zip(("From", "To"), start)]
save("moved.docx", line(run("张三")) + start[0] + line(mark("moveFrom", run("李四")), "moveFrom") + end[0] + line(run("王五"))
     + start[1] + line(mark("moveTo", run("李四")), "moveTo") + end[1] + line(run("赵六")))
save("retyped.docx", line(run("张三")) + line(mark("del", run("李四", "delText")), "del") + line(run("王五"))
     + line(mark("ins", run("李四")), "ins") + line(run("赵六")))
PY
python3 make.py
cat >show.js <<'JS'
const fs = require('fs');
const { JSDOM } = require('jsdom');
const { window } = new JSDOM('<!doctype html><body><div id="page"></div>');
Object.assign(global, { window, document: window.document, DOMParser: window.DOMParser, Node: window.Node,
  HTMLElement: window.HTMLElement, XMLSerializer: window.XMLSerializer });
const preview = require('docx-preview');
const page = document.getElementById('page');
preview.renderAsync(fs.readFileSync(process.argv[2]), page, page, { inWrapper: false }).then(() => {
  console.log([...page.querySelectorAll('article p')].map(line => line.textContent).filter(Boolean).join(' '));
}).catch(error => { console.error(error); process.exit(1); });
JS
cat >read.py <<'PY'
import subprocess

import docx, docx2txt, mammoth, pypandoc

def preview(path):
    return subprocess.run(["node", "show.js", path], check=True, capture_output=True, text=True).stdout

readers = {
    "docx-preview": preview,
    "python-docx": lambda path: " ".join(one.text for one in docx.Document(path).paragraphs),
    "docx2txt": docx2txt.process,
    "mammoth": lambda path: mammoth.extract_raw_text(open(path, "rb")).value,
    "pandoc": lambda path: pypandoc.convert_file(path, "plain"),
}
right = "张三 王五 李四 赵六"
expected = {
    "docx-preview": ("张三 王五 赵六", right),
    "python-docx": ("张三 王五 赵六", "张三 王五 赵六"),
    "docx2txt": ("张三 李四 王五 李四 赵六", right),
    "mammoth": (right, right),
    "pandoc": (right, right),
}
for name, read in readers.items():
    found = tuple(" ".join(read(path).split()) for path in ("moved.docx", "retyped.docx"))
    print(f"{name:13} moved: {found[0]} | retyped: {found[1]}")
    assert found == expected[name], name
print("as on 2026-11-29: who is moved is not shown, who is struck and written again is")
PY
v/bin/python read.py
