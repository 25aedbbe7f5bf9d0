#!/usr/bin/env bash
# exceljs, reading a workbook as a stream, gives a name's pinyin instead of the name: 张翀 with its guide is "chōng".
#
# In a Chinese Excel, 开始 > 拼音指南 > 编辑拼音 sets pinyin above a character; the file keeps it beside the text as
# <si><t>张翀</t><rPh sb="1" eb="2"><t>chōng</t></rPh></si>. People do so for exactly the names that are hard to read.
# ExcelJS.Workbook reads 张翀. ExcelJS.stream.xlsx.WorkbookReader, the way for large rosters, takes every <t> as the
# cell's text and keeps the last: the whole name becomes "chōng", as a plain string, without an error. Neighbours are
# right. openpyxl and python-calamine read the name.
#
# Seen with exceljs 4.4.0 (npm), XlsxWriter 3.3.1, openpyxl 3.1.5, python-calamine 0.9.1, Node 20, run on 2026-11-28.
# Who is hurt: students with rare characters (翀, 祎, 婳): the import of a whole school, which is why somebody took the
# stream, lists them as chōng; matched by name, they are gone from the electoral roll.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q XlsxWriter==3.3.1 openpyxl==3.1.5 python-calamine==0.9.1
npm init -y >/dev/null
npm install --silent --no-audit --no-fund exceljs@4.4.0 >/dev/null

cat >make.py <<'PY'
"""A roster by XlsxWriter, to whose shared strings a guide is added as Excel keeps it: XlsxWriter has no call for one."""
import zipfile
import xlsxwriter

book = xlsxwriter.Workbook("plain.xlsx")
sheet = book.add_worksheet()
rows = [["学号", "姓名"], ["202601150001", "李四"], ["202601150002", "张翀"], ["202601150003", "王五"]]
for number, row in enumerate(rows):
    sheet.write_row(number, 0, row)
book.close()
# The sheet comes last: read before workbook and strings, it is now and then an error or {"sharedString":3} in the stream.
first = ["[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml",
         "xl/styles.xml"]
with zipfile.ZipFile("plain.xlsx") as plain, zipfile.ZipFile("roster.xlsx", "w") as roster:
    for name in first + [name for name in plain.namelist() if name not in first]:
        part = plain.read(name)
        if name == "xl/sharedStrings.xml":
            text = part.decode()
            assert text.count("<t>张翀</t>") == 1
            guide = '<rPh sb="1" eb="2"><t>chōng</t></rPh><phoneticPr fontId="0"/>'
            part = text.replace("<t>张翀</t>", "<t>张翀</t>" + guide).encode()
        roster.writestr(name, part)
PY
v/bin/python make.py

cat >read.js <<'JS'
const ExcelJS = require('exceljs');
(async () => {
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile('roster.xlsx');
  const whole = [];
  book.worksheets[0].eachRow(row => whole.push(row.getCell(2).value));
  const streamed = [];
  for await (const sheet of new ExcelJS.stream.xlsx.WorkbookReader('roster.xlsx')) {
    for await (const row of sheet) streamed.push(row.getCell(2).value);
  }
  console.log(JSON.stringify({ whole, streamed }));
})();
JS
node read.js >read.json
cat read.json

v/bin/python - <<'PY'
import json, openpyxl, python_calamine

right = ["姓名", "李四", "张翀", "王五"]
seen = json.load(open("read.json"))
assert [row[1] for row in openpyxl.load_workbook("roster.xlsx").active.values] == right
calamine = python_calamine.CalamineWorkbook.from_path("roster.xlsx").get_sheet_by_index(0)
assert [row[1] for row in calamine.to_python()] == right
assert seen["whole"] == right, seen
assert seen["streamed"] == ["姓名", "李四", "chōng", "王五"], seen
print("as on 2026-11-28: read as a stream, 张翀 is chōng")
PY
