#!/usr/bin/env bash
# xlsx-populate, filling one cell of a form, makes numbers of the student numbers that stand there as text.
#
# In the form all of 学号, 班 and 证号 is text, as one makes it lest zeros get lost. xlsx-populate reads a workbook's XML with a
# reader that makes a number of every text which, as a number, looks the same again; it does not spare what stands in a
# string. So 20240001 and class 12 are numbers, 0020240001, 2024X003 and 1班 stay text, in the same column, and so it writes them
# when it saves, also the cells that nobody touched. An identity number is text if it ends in 1 to 9 or X, and a number if it
# ends in 000: 500101200501012000, where Excel keeps fifteen digits. So is the result of a formula that is a text. Whether
# XlsxWriter (shared strings) or openpyxl (inline ones) made the form makes no difference. exceljs, run beside it, keeps
# all text.
#
# Guessed before: it keeps what it does not touch to the letter, since it keeps the XML.
# Seen with xlsx-populate 1.21.0, exceljs 4.4.0 (npm), openpyxl 3.1.5, XlsxWriter 3.3.1 (PyPI), Node 20, run on 2026-11-29.
# Who is hurt: students whose number has no zero in front: VLOOKUP from the next list, where the number is text, does not
# find them, while transfer students with a letter and those with 00 are found.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q openpyxl==3.1.5 XlsxWriter==3.3.1
npm init -y >/dev/null
npm install --silent --no-audit --no-fund xlsx-populate@1.21.0 exceljs@4.4.0 >/dev/null

cat >write.py <<'PY'
import openpyxl, xlsxwriter

rows = [["学号", "班", "证号"], ["20240001", "12", "110101200501010037"], ["0020240002", "1班", "11010120050101004X"],
        ["2024X003", "007", "500101200501012000"]]
book = openpyxl.Workbook()
for row in rows:
    book.active.append(row)
book.save("inline.xlsx")
with xlsxwriter.Workbook("shared.xlsx") as book:
    sheet = book.add_worksheet()
    for place, row in enumerate(rows):
        for column, text in enumerate(row):
            sheet.write_string(place, column, text)
    sheet.write_formula("E1", '="2024"&"0001"', None, "20240001")
PY
v/bin/python write.py

cat >fill.js <<'JS'
const assert = require('assert');
const Populate = require('xlsx-populate');
const ExcelJS = require('exceljs');
(async () => {
  for (const name of ['inline', 'shared']) {
    const book = await Populate.fromFileAsync(name + '.xlsx');
    if (name === 'shared') assert.strictEqual(book.sheet(0).cell('E1').value(), 20240001);
    book.sheet(0).cell('D9').value('计算机学院');
    await book.toFileAsync(name + '-populate.xlsx');
    const other = new ExcelJS.Workbook();
    await other.xlsx.readFile(name + '.xlsx');
    other.worksheets[0].getCell('D9').value = '计算机学院';
    await other.xlsx.writeFile(name + '-exceljs.xlsx');
  }
})().catch(error => {
  console.error(error);
  process.exit(1);
});
JS
node fill.js

cat >read.py <<'PY'
import openpyxl

def cells(name):
    return [list(row) for row in openpyxl.load_workbook(name + ".xlsx").active.iter_rows(2, 4, 1, 3, values_only=True)]

text = [["20240001", "12", "110101200501010037"], ["0020240002", "1班", "11010120050101004X"], ["2024X003", "007", "500101200501012000"]]
mixed = [[20240001, 12, "110101200501010037"], ["0020240002", "1班", "11010120050101004X"], ["2024X003", "007", 500101200501012000]]
for name in ("inline", "shared"):
    assert cells(name) == text and cells(name + "-exceljs") == text
    found = cells(name + "-populate")
    print(name, *found)
    assert found == mixed, found
print("as on 2026-11-29: numbers of what was text")
PY
v/bin/python read.py
