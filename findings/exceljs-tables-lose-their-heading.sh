#!/usr/bin/env bash
# exceljs, opening a list and saving it, makes the heading of its table a row of data: 姓名 is then somebody on the roll.
#
# Excel's tables (插入 > 表格) have a heading unless headerRowCount="0" says otherwise; since 1 is the default, Excel and
# XlsxWriter leave the attribute out. exceljs reads what is left out as 0 and writes headerRowCount="0" and, with the next
# attribute turned round in the same way, totalsRowShown="1". The table's cells stay A1:B4, so that its data are four rows,
# the first of which is 姓名, 票: 计票[姓名] has four, and whoever sorts by votes has the words among the people. The
# arrows of the filter are hidden (hiddenButton="1"). Nothing of the sheet's cells is changed. Tables that
# exceljs made itself, with a 1 that is written out, keep their heading, so that a test with its own files passes.
#
# Guessed before: tables are kept as they are, or dropped.
# Seen with exceljs 4.4.0 (npm), XlsxWriter 3.3.1, openpyxl 3.1.5 (PyPI), Node 20, run on 2026-11-29.
# Who is hurt: the office whose portal puts each college's name into its list and sends it out: in every copy the table is a
# person longer, and what reads tables by their name has a person called 姓名.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q openpyxl==3.1.5 XlsxWriter==3.3.1
npm init -y >/dev/null
npm install --silent --no-audit --no-fund exceljs@4.4.0 >/dev/null

cat >write.py <<'PY'
import xlsxwriter

rows = [["张三", 5], ["李四", 7], ["王五", 3]]
with xlsxwriter.Workbook("plain.xlsx") as book:
    sheet = book.add_worksheet("名单")
    sheet.add_table("A1:B4", {"name": "计票", "columns": [{"header": "姓名"}, {"header": "票"}], "data": rows})
PY
v/bin/python write.py

cat >save.js <<'JS'
const ExcelJS = require('exceljs');
(async () => {
  const own = new ExcelJS.Workbook();
  const columns = [{ name: '姓名' }, { name: '票' }];
  own.addWorksheet('名单').addTable({ name: '计票', ref: 'A1', headerRow: true, columns, rows: [['张三', 5], ['李四', 7], ['王五', 3]] });
  await own.xlsx.writeFile('own.xlsx');
  for (const name of ['plain', 'own']) {
    const book = new ExcelJS.Workbook();
    await book.xlsx.readFile(name + '.xlsx');
    await book.xlsx.writeFile(name + '-saved.xlsx');
  }
})();
JS
node save.js

cat >read.py <<'PY'
import re, zipfile

import openpyxl

def table(name):
    sheet = openpyxl.load_workbook(name).worksheets[0]
    found = sheet.tables["计票"]
    rows = [[cell.value for cell in row] for row in sheet[found.ref]]
    return found, rows[found.headerRowCount:]

for name, heads, first in (("plain", 1, "张三"), ("plain-saved", 0, "姓名"), ("own", 1, "张三"), ("own-saved", 1, "张三")):
    found, data = table(name + ".xlsx")
    print(name.ljust(12), found.ref, "headings", found.headerRowCount, "data", data)
    assert (found.ref, found.headerRowCount, data[0][0]) == ("A1:B4", heads, first)
before, after = (zipfile.ZipFile(name).read("xl/tables/table1.xml").decode() for name in ("plain.xlsx", "plain-saved.xlsx"))
assert "headerRowCount" not in before and 'totalsRowShown="0"' in before and "hiddenButton" not in before
assert 'headerRowCount="0"' in after and 'totalsRowShown="1"' in after and len(re.findall('hiddenButton="1"', after)) == 2
print("as on 2026-11-29: the heading is a row of data")
PY
v/bin/python read.py
