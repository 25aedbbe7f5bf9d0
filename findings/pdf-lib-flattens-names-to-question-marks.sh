#!/usr/bin/env bash
# A form filled in by pypdf and flattened by pdf-lib says ?? where both of them read 张三.
#
# pypdf writes the value of a field and a picture of it in the field's own font, Helvetica, in which each Chinese character
# becomes a question mark; it sets NeedAppearances, so that viewers draw the value anew, in a font that has it, and warns that one
# should. So the form is right on every screen. pdf-lib refuses to draw 张三 in such a field ("WinAnsi cannot encode"), but to
# flatten a form it takes the pictures as they are, drops the values with the fields, and says nothing. The
# two calls read the field before as 张三; the paper has ??. pypdf's own flatten=True does the same even with
# auto_regenerate=True, which its warning recommends. Names in Latin letters are right.
#
# Guessed before: that pdf-lib refuses in flattening what it refuses in filling in.
# Seen with pypdf 7.1.1, pdfminer.six 20260107 (PyPI), pdf-lib 1.17.1 (npm), Node 20, Python 3.11, run on 2026-11-29.
# Who is hurt: delegates whose credentials are filled in by one office and locked by the other before printing: nobody
# on the paper has a name, and whoever checked the form saw all of them.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q pypdf==7.1.1 pdfminer.six==20260107
npm init -y >/dev/null
npm install --silent --no-audit --no-fund pdf-lib@1.17.1 >/dev/null

cat >form.js <<'JS'
const assert = require('assert');
const fs = require('fs');
const { PDFDocument } = require('pdf-lib');

const steps = {
  async make() {
    const made = await PDFDocument.create();
    const page = made.addPage([300, 200]);
    ['name', 'latin'].forEach((name, index) => {
      made.getForm().createTextField(name).addToPage(page, { x: 20, y: 150 - 50 * index, width: 200, height: 24 });
    });
    fs.writeFileSync('form.pdf', await made.save());
  },
  async flatten() {
    const filled = await PDFDocument.load(fs.readFileSync('filled.pdf'));
    const form = filled.getForm();
    const read = form.getTextField('name').getText();
    console.log('pdf-lib reads', read);
    assert.strictEqual(read, '张三');
    form.flatten();
    fs.writeFileSync('flat.pdf', await filled.save());
  },
  async refuse() {
    const empty = await PDFDocument.load(fs.readFileSync('form.pdf'));
    empty.getForm().getTextField('name').setText('张三');
    assert.throws(() => empty.getForm().flatten(), /WinAnsi cannot encode/);
    console.log('pdf-lib, asked to fill it in itself, refuses');
  },
};
steps[process.argv[2]]().catch(error => { console.error(error); process.exit(1); });
JS
cat >fill.py <<'PY'
import logging, subprocess

import pypdf
from pdfminer.high_level import extract_text

logging.disable(logging.CRITICAL)
values = {"name": "张三", "latin": "Zhang San"}

def form(step):
    subprocess.run(["node", "form.js", step], check=True)

def fill(path, **how):
    writer = pypdf.PdfWriter()
    writer.append("form.pdf")
    writer.update_page_form_field_values(writer.pages[0], values, auto_regenerate=True, **how)
    writer.write(path)

form("make")
form("refuse")
fill("filled.pdf")
filled = pypdf.PdfReader("filled.pdf")
print("pypdf reads", filled.get_form_text_fields(), "NeedAppearances:", filled.root_object["/AcroForm"]["/NeedAppearances"])
assert filled.get_form_text_fields() == values and filled.root_object["/AcroForm"]["/NeedAppearances"]
form("flatten")
fill("alone.pdf", flatten=True)
for path in ("flat.pdf", "alone.pdf"):
    paper = extract_text(path).split("\f")[0]
    print(path, "says", paper)
    assert paper.replace("\n", "") == "??Zhang San"
assert not (pypdf.PdfReader("flat.pdf").get_form_text_fields() or {}).get("name")
print("as on 2026-11-29: the paper has ?? where the form had 张三")
PY
v/bin/python fill.py
