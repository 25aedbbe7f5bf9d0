#!/usr/bin/env bash
# exceljs puts the address of a link into CSV and not the cell's words: 张三 becomes https://…; merged numbers are
# repeated.
#
# A roster on which each name leads to a file of its holder, or each mail address is a mailto link as Excel makes it by
# itself while one types, becomes through workbook.csv a CSV without the names: the cell's value is {text, hyperlink},
# and the writer takes the hyperlink first. The addresses get a "mailto:" before them. And a cell merged over four
# people comes out in each of the four rows, as if typed four times: a college's five seats become twenty. Both without
# an error. SheetJS, run beside it, gives the words, and the merged value once.
#
# Seen with exceljs 4.4.0 and xlsx (SheetJS) 0.18.5 from npm, form made with openpyxl 3.1.5, Node 20, run on 2026-11-28.
# Who is hurt: whoever carries a roster into a voting system by CSV: ballots with addresses for names, and sums of
# merged numbers four times too large.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q openpyxl==3.1.5
npm init -y >/dev/null
npm install --silent --no-audit --no-fund exceljs@4.4.0 xlsx@0.18.5 >/dev/null

cat >make.py <<'PY'
import openpyxl

book = openpyxl.Workbook()
sheet = book.active
sheet.append(["姓名", "邮箱", "院系名额"])
for number, name in enumerate(["张三", "李四", "王五", "赵六"], 2):
    sheet.append([name, f"s{number}@union.example", 5 if number == 2 else None])
    sheet.cell(number, 2).hyperlink = f"mailto:s{number}@union.example"
sheet["A2"].hyperlink = "https://union.example/people/2"
sheet.merge_cells("C2:C5")
book.save("roster.xlsx")
PY
v/bin/python make.py

cat >read.js <<'JS'
const assert = require('assert');
const ExcelJS = require('exceljs');
const XLSX = require('xlsx');
(async () => {
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile('roster.xlsx');
  const exceljs = (await book.csv.writeBuffer()).toString().trim().split('\n');
  const other = XLSX.readFile('roster.xlsx');
  const sheetjs = XLSX.utils.sheet_to_csv(other.Sheets[other.SheetNames[0]]).trim().split('\n');
  console.log('exceljs\n ' + exceljs.join('\n ') + '\nSheetJS\n ' + sheetjs.join('\n '));
  assert.deepStrictEqual(exceljs, ['姓名,邮箱,院系名额', 'https://union.example/people/2,mailto:s2@union.example,5',
    '李四,mailto:s3@union.example,5', '王五,mailto:s4@union.example,5', '赵六,mailto:s5@union.example,5']);
  assert.deepStrictEqual(sheetjs, ['姓名,邮箱,院系名额', '张三,s2@union.example,5', '李四,s3@union.example,',
    '王五,s4@union.example,', '赵六,s5@union.example,']);
  console.log('as on 2026-11-28: links stand in the place of names, merged numbers are repeated');
})();
JS
node read.js
