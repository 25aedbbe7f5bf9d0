#!/usr/bin/env bash
# docx-merger, joining the motions of two colleges, takes the numbers from all lists; the tenth list gets those of the first.
#
# A paragraph of a Word list says the number of its list, which is defined in a part of its own. In order that the lists
# of several files do not meet, docx-merger gives each a new number: the old one with that of the file behind it, 1 of the
# first file is 10, of the second 11. It writes the new one where lists are defined and where styles name one, not into
# the paragraphs, which is where the buttons of Word put it. So they name list 1, which is no more: no 1, no 2, and no
# warning. In a file with ten lists the paragraphs of the tenth name 10, which is now the first: what began at 7 begins at
# 1. Lists that come from a style ("List Number") are right, and so is docxcompose with the same files.
#
# Guessed before: the second file goes on counting where the first ended.
# Seen with docx-merger 1.2.2 (npm), docxcompose 2.2.0, python-docx 1.2.0, pypandoc_binary 1.17 (pandoc 3.9, PyPI), Node 20,
# Python 3.11, run on 2026-11-29.
# Who is hurt: a congress that puts the papers of its groups together: the minutes speak of 议案2, and no motion has a number.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q docxcompose==2.2.0 python-docx==1.2.0 pypandoc_binary==1.17
npm init -y >/dev/null
npm install --silent --no-audit --no-fund docx-merger@1.2.2 >/dev/null

cat >merge.js <<'JS'
const fs = require('fs');
const DocxMerger = require('docx-merger');
const [, , to, ...from] = process.argv;
new DocxMerger({ pageBreak: false }, from.map(path => fs.readFileSync(path, 'binary'))).save('nodebuffer', made => {
  fs.writeFileSync(to, made);
});
JS
cat >read.py <<'PY'
import subprocess

import docx, pypandoc
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docxcompose.composer import Composer

def element(tag, **attributes):
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    return made

def save(path, heading, lists, style=None):
    """A file with python-docx's own lists 1 to 9 replaced by as many as asked for, each (start, its lines)."""
    made = docx.Document()
    made.add_paragraph(heading)
    if style is None:
        numbering = made.part.numbering_part.element
        for old in list(numbering):
            numbering.remove(old)
        for number, (start, _) in enumerate(lists, 1):
            abstract = element("w:abstractNum", abstractNumId=number)
            level = element("w:lvl", ilvl=0)
            for tag, value in (("start", start), ("numFmt", "decimal"), ("lvlText", "%1.")):
                level.append(element(f"w:{tag}", val=value))
            abstract.append(element("w:multiLevelType", val="singleLevel"))
            abstract.append(level)
            numbering.insert(number - 1, abstract)
        for number in range(1, len(lists) + 1):
            one = element("w:num", numId=number)
            one.append(element("w:abstractNumId", val=number))
            numbering.append(one)
    for number, (_, lines) in enumerate(lists, 1):
        for line in lines:
            paragraph = made.add_paragraph(line, style=style)
            if style is None:
                properties = element("w:numPr")
                properties.append(element("w:ilvl", val=0))
                properties.append(element("w:numId", val=number))
                paragraph._p.get_or_add_pPr().append(properties)
    made.save(path)

def docx_merger(to, *paths):
    subprocess.run(["node", "merge.js", to, *paths], check=True)

def docxcompose(to, first, *others):
    composer = Composer(docx.Document(first))
    for other in others:
        composer.append(docx.Document(other))
    composer.save(to)

def read(path):
    return [" ".join(line.split()) for line in pypandoc.convert_file(path, "plain").splitlines() if line.strip()]

save("first.docx", "文学院", [(1, ["食堂", "宿舍"])])
save("second.docx", "理学院", [(1, ["图书馆", "操场"])])
save("ten.docx", "十个组", [(1, ["甲"]), *[(1, []) for _ in range(8)], (7, ["乙"])])
for path, style in (("style1.docx", "文学院"), ("style2.docx", "理学院")):
    save(path, style, [(1, ["食堂", "宿舍"])], "List Number")

assert read("first.docx") == ["文学院", "1. 食堂", "2. 宿舍"] and read("ten.docx") == ["十个组", "1. 甲", "7. 乙"]
right = ["文学院", "1. 食堂", "2. 宿舍", "理学院", "1. 图书馆", "2. 操场"]
for merge in (docx_merger, docxcompose):
    ours = merge is docx_merger
    merge("made.docx", "first.docx", "second.docx")
    found = read("made.docx")
    merge("made.docx", "ten.docx", "second.docx")
    ten = read("made.docx")
    print(merge.__name__, found, ten)
    assert found == (["文学院", "食堂", "宿舍", "理学院", "图书馆", "操场"] if ours else right)
    assert ten[:3] == (["十个组", "甲", "1. 乙"] if ours else ["十个组", "1. 甲", "7. 乙"])
docx_merger("made.docx", "style1.docx", "style2.docx")
print("by style:", read("made.docx"))
assert read("made.docx") == ["文学院", "1. 食堂", "2. 宿舍", "理学院", "1. 食堂", "2. 宿舍"]
print("as on 2026-11-29: no motion has a number")
PY
v/bin/python read.py
