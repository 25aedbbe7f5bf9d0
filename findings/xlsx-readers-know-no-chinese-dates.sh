#!/usr/bin/env bash
# A month of birth in Excel's own Chinese format is 38626 in openpyxl, pandas, polars and exceljs; SheetJS shows 10/1/05.
#
# Excel has formats that need not be written into the file, each with a number. Most readers know 14 to 22 and 45 to 47.
# ECMA-376 (18.8.30) also gives 27 to 36 and 50 to 58 for files of a Chinese Excel: 57 is 2005年10月, 58 10月1日, 31 2005年10月1日.
# openpyxl, and pandas through it, polars and exceljs take these for plain numbers: what is a date on the screen is a count
# of days, in a column where the cells that somebody formatted by hand are dates. SheetJS knows that they are dates and
# shows each of them as 10/1/05, the day of birth where the month was asked for. python-calamine has dates, and
# pandas is going to change from openpyxl to it by default, which changes what is read without a change of the list.
#
# Guessed before: that calamine gives numbers as openpyxl does.
# Seen with openpyxl 3.1.5, pandas 3.1.1, polars 2.1.0 with fastexcel 0.21.0, python-calamine 0.9.1 (PyPI), exceljs 4.4.0, xlsx
# (SheetJS) 0.18.5 (npm), sheets made with XlsxWriter 3.3.1, Node 20, run on 2026-11-29.
# Who is hurt: everybody on a roll with 出生年月 or 入团年月 that came out of a Chinese Excel: nobody is of age, nobody is young enough.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q openpyxl==3.1.5 pandas==3.1.1 polars==2.1.0 fastexcel==0.21.0 python-calamine==0.9.1 XlsxWriter==3.3.1
npm init -y >/dev/null
npm install --silent --no-audit --no-fund exceljs@4.4.0 xlsx@0.18.5 >/dev/null

cat >read.py <<'PY'
import datetime
import openpyxl, pandas, polars, xlsxwriter
from python_calamine import CalamineWorkbook

book = xlsxwriter.Workbook("roll.xlsx")
sheet = book.add_worksheet("名单")
kinds = [57, 58, 31, 14, 'yyyy"年"m"月"']
for column, kind in enumerate(kinds):
    sheet.write_string(0, column, str(kind))
    sheet.write_number(1, column, 38626, book.add_format({"num_format": kind}))
book.close()

date = datetime.date(2005, 10, 1)
plain = lambda value: value.date() if hasattr(value, "date") else value
expected = [38626, 38626, 38626, date, date]
read = {
    "openpyxl": [cell.value for cell in openpyxl.load_workbook("roll.xlsx").active[2]],
    "pandas": pandas.read_excel("roll.xlsx", engine="openpyxl").iloc[0].tolist(),
    "polars": list(polars.read_excel("roll.xlsx").row(0)),
    "calamine": CalamineWorkbook.from_path("roll.xlsx").get_sheet_by_index(0).to_python()[1],
}
for name, values in read.items():
    values = [plain(value) for value in values]
    print(f"{name:9}", *values)
    assert values == ([date] * 5 if name == "calamine" else expected), (name, values)
PY
v/bin/python read.py

cat >read.js <<'JS'
const assert = require('assert');
const ExcelJS = require('exceljs');
const XLSX = require('xlsx');
(async () => {
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile('roll.xlsx');
  const day = value => (value instanceof Date ? value.toISOString().slice(0, 10) : value);
  const exceljs = book.worksheets[0].getRow(2).values.slice(1).map(day);
  const other = XLSX.readFile('roll.xlsx');
  const sheetjs = XLSX.utils.sheet_to_json(other.Sheets['名单'], { header: 1, raw: false })[1];
  console.log('exceljs  ', ...exceljs, '\nSheetJS  ', ...sheetjs);
  assert.deepStrictEqual(exceljs, [38626, 38626, 38626, '2005-10-01', '2005-10-01']);
  assert.deepStrictEqual(sheetjs, ['10/1/05', '10/1/05', '10/1/05', '10/1/05', '2005年10月']);
  console.log('as on 2026-11-29: 2005年10月 is 38626 in four of six, and 10/1/05 in one');
})();
JS
node read.js
