#!/usr/bin/env bash
# exceljs reads the link https://…/#/activity/12 as https://…/: every activity's link is the portal's front page.
#
# In a workbook the part of an address from "#" on can stand apart (the attribute location beside the link's target), and
# that is how XlsxWriter and SheetJS write it. exceljs takes the target and leaves the location: reads the shorter address,
# and writes the shorter one when it saves the book again, with nothing of the location left. What openpyxl writes, with the
# whole address in the target, exceljs reads whole, so that a test with its own files or openpyxl's passes. Links to a place
# in the book itself, all location, are no links afterwards. openpyxl gives both parts, SheetJS puts them together.
#
# Guessed before: an address is one text, or both parts are read.
# Seen with exceljs 4.4.0, xlsx (SheetJS) 0.18.5 (npm), XlsxWriter 3.3.1, openpyxl 3.1.5 (PyPI), Node 20, run on 2026-11-29.
# Who is hurt: students with a list of activities that a page passed on: portals of one page have all their pages behind
# "#/", so that all links open the front page, where nobody is signed up for anything.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q openpyxl==3.1.5 XlsxWriter==3.3.1
npm init -y >/dev/null
npm install --silent --no-audit --no-fund exceljs@4.4.0 xlsx@0.18.5 >/dev/null

v/bin/python - <<'PY'
import openpyxl, xlsxwriter

address = "https://union.example.edu.cn/#/activity/12"
book = xlsxwriter.Workbook("xlsxwriter.xlsx")
sheet = book.add_worksheet("活动")
sheet.write_url(0, 0, address, None, "报名")
sheet.write_url(1, 0, "internal:活动!A9", None, "说明")
book.close()
book = openpyxl.Workbook()
book.active["A1"] = "报名"
book.active["A1"].hyperlink = address
book.save("openpyxl.xlsx")
PY

cat >read.js <<'JS'
const assert = require('assert');
const ExcelJS = require('exceljs');
const XLSX = require('xlsx');
const address = 'https://union.example.edu.cn/#/activity/12';
const sheet = XLSX.utils.aoa_to_sheet([['报名']]);
sheet.A1.l = { Target: address };
const book = XLSX.utils.book_new();
XLSX.utils.book_append_sheet(book, sheet, '活动');
XLSX.writeFile(book, 'sheetjs.xlsx');
(async () => {
  for (const [writer, expected] of [['xlsxwriter', 'https://union.example.edu.cn/'],
    ['sheetjs', 'https://union.example.edu.cn/'], ['openpyxl', address]]) {
    const read = new ExcelJS.Workbook();
    await read.xlsx.readFile(writer + '.xlsx');
    const found = read.worksheets[0].getCell('A1').value;
    const other = XLSX.readFile(writer + '.xlsx');
    console.log(writer, '-> exceljs', found.hyperlink, 'SheetJS', other.Sheets[other.SheetNames[0]].A1.l.Target);
    assert.deepStrictEqual([found.text, found.hyperlink], ['报名', expected]);
    assert.strictEqual(other.Sheets[other.SheetNames[0]].A1.l.Target, address);
    if (writer === 'xlsxwriter') assert.strictEqual(read.worksheets[0].getCell('A2').value, '说明');
    await read.xlsx.writeFile(writer + '-again.xlsx');
  }
})();
JS
node read.js

v/bin/python - <<'PY'
import openpyxl

def parts(name):
    return [(cell.hyperlink.target, cell.hyperlink.location) if cell.hyperlink else None
            for cell in openpyxl.load_workbook(name).active["A"]]

print("xlsxwriter", parts("xlsxwriter.xlsx"), "saved again", parts("xlsxwriter-again.xlsx"))
assert parts("xlsxwriter.xlsx") == [("https://union.example.edu.cn/", "/activity/12"), (None, "活动!A9")]
assert parts("xlsxwriter-again.xlsx") == [("https://union.example.edu.cn/", None), None]
assert parts("sheetjs-again.xlsx") == [("https://union.example.edu.cn/", None)]
assert parts("openpyxl-again.xlsx") == [("https://union.example.edu.cn/#/activity/12", None)]
print("as on 2026-11-29: all links lead to the front page")
PY
