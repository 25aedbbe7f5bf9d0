#!/usr/bin/env bash
# In a workbook that counts from 1904, SheetJS shows 2005-10-01 and gives 2001-09-30 as the Date of the very same cell.
#
# Excel for the Mac long counted days from 1904, and each workbook says which it does (date1904). SheetJS reads that, and the
# text of a cell, sheet_to_csv and sheet_to_html are right. With cellDates: true, which one sets in order to compute with
# days, the cell's value is counted from 1900: four years and a day before what stands beside it as text. Without
# cellDates it is the number 37164, which each program has to know what to do with. Saved again as .xlsx it is right, for the fault
# goes both ways; but SheetJS writes date1904="true" where Excel and XlsxWriter write "1", and exceljs and read-excel-file know
# "1" alone: they have 2005 in the first list and 2001 in the second. pylightxl gives 2001/09/30. openpyxl and calamine have 1
# October 2005 in both.
#
# Guessed before: a reader that knows date1904 uses it for the text and for the Date.
# Seen with xlsx (SheetJS) 0.18.5, exceljs 4.4.0, read-excel-file 9.3.17 (npm), pylightxl 1.61, openpyxl 3.1.5, python-calamine
# 0.9.1, XlsxWriter 3.3.1 (PyPI), Node 20, TZ=UTC, run on 2026-11-29.
# Who is hurt: members on the list of a branch whose secretary has an old Mac's workbook: on the page the birthday is right,
# and the age beside it is four years too high, so that who is 24 is out at "under 28".
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q openpyxl==3.1.5 XlsxWriter==3.3.1 python-calamine==0.9.1 pylightxl==1.61
npm init -y >/dev/null
npm install --silent --no-audit --no-fund xlsx@0.18.5 exceljs@4.4.0 read-excel-file@9.3.17 >/dev/null

cat >write.py <<'PY'
import datetime

import openpyxl, pylightxl, xlsxwriter
from python_calamine import CalamineWorkbook

born = datetime.date(2005, 10, 1)
with xlsxwriter.Workbook("list.xlsx", {"date_1904": True}) as book:
    sheet = book.add_worksheet("名单")
    sheet.write_row(0, 0, ["姓名", "出生"])
    sheet.write(1, 0, "张三")
    sheet.write_datetime(1, 1, born, book.add_format({"num_format": "yyyy-mm-dd"}))
assert openpyxl.load_workbook("list.xlsx").active["B2"].value.date() == born
assert CalamineWorkbook.from_path("list.xlsx").get_sheet_by_index(0).to_python()[1][1] == born
light = pylightxl.readxl("list.xlsx").ws("名单").address("B2")
print("pylightxl", light)
assert light == "2001/09/30"
PY
v/bin/python write.py

cat >read.js <<'JS'
const assert = require('assert');
const XLSX = require('xlsx');
const ExcelJS = require('exceljs');
const { readSheet } = require('read-excel-file/node');
(async () => {
  const book = XLSX.readFile('list.xlsx', { cellDates: true });
  const { w: text, v: value } = book.Sheets['名单'].B2;
  console.log('SheetJS shows', text, 'and has', value.toISOString().slice(0, 10));
  assert.strictEqual(book.Workbook.WBProps.date1904, true);
  assert.strictEqual(text, '2005-10-01');
  assert.strictEqual(value.toISOString().slice(0, 10), '2001-09-30');
  assert.ok(XLSX.utils.sheet_to_csv(book.Sheets['名单']).includes('张三,2005-10-01'));
  assert.strictEqual(XLSX.utils.sheet_to_json(book.Sheets['名单'])[0]['出生'].getUTCFullYear(), 2001);
  assert.strictEqual(XLSX.readFile('list.xlsx').Sheets['名单'].B2.v, 37164);
  XLSX.writeFile(book, 'saved.xlsx');
  for (const [name, day] of [['list.xlsx', '2005-10-01'], ['saved.xlsx', '2001-09-30']]) {
    const other = new ExcelJS.Workbook();
    await other.xlsx.readFile(name);
    const found = other.worksheets[0].getCell('B2').value.toISOString().slice(0, 10);
    const third = (await readSheet(name))[1][1].toISOString().slice(0, 10);
    console.log('exceljs reads', name, found, 'read-excel-file', third);
    assert.deepStrictEqual([found, third], [day, day]);
  }
})().catch(error => {
  console.error(error);
  process.exit(1);
});
JS
TZ=UTC node read.js

cat >again.py <<'PY'
import datetime, zipfile

import openpyxl
from python_calamine import CalamineWorkbook

born = datetime.date(2005, 10, 1)
assert b'date1904="true"' in zipfile.ZipFile("saved.xlsx").read("xl/workbook.xml")
assert openpyxl.load_workbook("saved.xlsx").active["B2"].value.date() == born
assert CalamineWorkbook.from_path("saved.xlsx").get_sheet_by_index(0).to_python()[1][1] == born
print("as on 2026-11-29: one cell, two dates")
PY
v/bin/python again.py
