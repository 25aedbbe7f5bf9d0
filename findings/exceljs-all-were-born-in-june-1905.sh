#!/usr/bin/env bash
# exceljs reads every ISO date that openpyxl saves as a day of June or July 1905; SheetJS makes 14:30 in China 6:30.
#
# A cell may hold its date as text, <c t="d"><v>2005-10-01</v></c> (ECMA-376, 18.18.11), and openpyxl writes so with
# iso_dates = True. exceljs knows no t="d" and takes what parseFloat finds, the year, for Excel's count of days: 2005 days are
# 27 June 1905, whatever month and day, 2026 days are 18 July 1905. They are valid Dates in a column of dates, and sort by
# year. SheetJS has the day right and the hour eight too early, China's distance from UTC: a sitting at 14:30 is shown, and
# is as a Date, at 6:30; with TZ=UTC it is 14:30. xlsx-populate has NaN. openpyxl and calamine
# are right, and of the same list with its dates as numbers, the default, exceljs is too.
#
# Guessed before: readers that do not know t="d" give the text, or fail.
# Seen with openpyxl 3.1.5, python-calamine 0.9.1 (PyPI), exceljs 4.4.0, xlsx (SheetJS) 0.18.5, xlsx-populate 1.21.0 (npm),
# Node 20, run on 2026-11-29.
# Who is hurt: a roll with birthdays, where the page that checks "under 28" finds everybody 121 years old; and delegates
# who are told by the page that the sitting began at half past six.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q openpyxl==3.1.5 python-calamine==0.9.1
npm init -y >/dev/null
npm install --silent --no-audit --no-fund exceljs@4.4.0 xlsx@0.18.5 xlsx-populate@1.21.0 >/dev/null

cat >write.py <<'PY'
import datetime
import zipfile

import openpyxl
from python_calamine import CalamineWorkbook

day, hour = datetime.date, datetime.datetime
rows = [["姓名", "出生", "开会"], ["张三", day(2005, 10, 1), hour(2026, 12, 2, 14, 30)], ["李四", day(2005, 2, 28), hour(2026, 12, 2, 14, 30)]]
for name, is_iso in (("iso.xlsx", True), ("plain.xlsx", False)):
    book = openpyxl.Workbook()
    book.iso_dates = is_iso
    book.active.title = "名单"
    for row in rows:
        book.active.append(row)
    book.save(name)
assert b't="d"><v>2005-10-01</v>' in zipfile.ZipFile("iso.xlsx").read("xl/worksheets/sheet1.xml")
assert [list(row) for row in openpyxl.load_workbook("iso.xlsx").active.values] == rows
assert CalamineWorkbook.from_path("iso.xlsx").get_sheet_by_index(0).to_python() == rows
PY
v/bin/python write.py

cat >read.js <<'JS'
const assert = require('assert');
const ExcelJS = require('exceljs');
const XLSX = require('xlsx');
const Populate = require('xlsx-populate');
(async () => {
  const column = async (name, place) => {
    const book = new ExcelJS.Workbook();
    await book.xlsx.readFile(name);
    return [2, 3].map(row => book.worksheets[0].getRow(row).getCell(place).value.toISOString().slice(0, 10));
  };
  const shown = XLSX.utils.sheet_to_csv(XLSX.readFile('iso.xlsx').Sheets['名单']);
  const sitting = XLSX.readFile('iso.xlsx', { cellDates: true }).Sheets['名单'].C2.v;
  const time = `${sitting.getHours()}:${sitting.getMinutes()}`;
  if (process.env.TZ === 'UTC') {
    assert.strictEqual(time, '14:30');
    return;
  }
  console.log('exceljs', await column('iso.xlsx', 2), await column('iso.xlsx', 3));
  assert.deepStrictEqual(await column('iso.xlsx', 2), ['1905-06-27', '1905-06-27']);
  assert.deepStrictEqual(await column('iso.xlsx', 3), ['1905-07-18', '1905-07-18']);
  assert.deepStrictEqual(await column('plain.xlsx', 2), ['2005-10-01', '2005-02-28']);
  console.log('SheetJS', shown.split('\n')[1], 'as a Date', time);
  assert.ok(shown.includes('张三,2005-10-01,2026-12-02 6:30'));
  assert.strictEqual(time, '6:30');
  const sheet = (await Populate.fromFileAsync('iso.xlsx')).sheet(0).usedRange().value();
  console.log('xlsx-populate', sheet[1]);
  assert.deepStrictEqual(sheet[1].slice(1), [NaN, NaN]);
})().catch(error => {
  console.error(error);
  process.exit(1);
});
JS
TZ=Asia/Shanghai node read.js
TZ=UTC node read.js
echo "as on 2026-11-29: all were born in June 1905"
