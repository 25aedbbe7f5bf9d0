#!/usr/bin/env bash
# excelize reads a column shown as 男, 女, 女 as 男, 男, 男, and 59 points shown as 未通过 as 通过: a format's conditions are lost.
#
# In Chinese offices one types 1 or 2 and lets the format show the word: [=1]"男";[=2]"女", or [>=60]"通过";"未通过", or "√";;"×" for
# 1 and 0. excelize hands out the text of a cell as it is shown, by default and for whole sheets (get_rows). It knows the
# sections for positive and negative numbers and passes over the conditions, so that every positive number is shown by the
# first section, with its own words in it: all men, all passed, all 优. Zero too goes by the first section, though the third is
# its own: × is √, and 无 is 0. Its TEXT function does the same in formulas. Texts with fixed words (第0名), shares, dates with 年月日
# and numbers with zeros in front are as on the screen, so that a look at those finds it good. No error. SheetJS, run beside it,
# shows the words of the sheet; openpyxl gives the numbers, and so does excelize with raw_cell_value.
#
# Guessed before: what excelize shows is what Excel shows, but for rare calendars and Chinese figures.
# Seen with excelize 0.1.0, XlsxWriter 3.3.1, openpyxl 3.1.5 (PyPI), xlsx (SheetJS) 0.18.5 (npm), Node 20, Python 3.11, run on
# 2026-11-30.
# Who is hurt: women on a roster, whose quota is then counted as nought; and who has 59 points, failed courses or a × under
# 服从调剂, in the portal that reads the college's sheet: it has the right words, each where another belongs.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q excelize==0.1.0 XlsxWriter==3.3.1 openpyxl==3.1.5
npm init -y >/dev/null
npm install --silent --no-audit --no-fund xlsx@0.18.5 >/dev/null

cat >read.py <<'PY'
import excelize, json, openpyxl, xlsxwriter

columns = [
    # format, numbers, as the sheet shows them, as excelize reads them
    ('[=1]"男";[=2]"女"', [1, 2, 2], ["男", "女", "女"], ["男", "男", "男"]),
    ('[>=60]"通过";"未通过"', [95, 60, 59], ["通过", "通过", "未通过"], ["通过", "通过", "通过"]),
    ('[>=90]"优";[>=60]"及格";"不及格"', [95, 72, 59], ["优", "及格", "不及格"], ["优", "优", "优"]),
    ('"√";;"×"', [1, 0, 1], ["√", "×", "√"], ["√", "√", "√"]),
    ('0"门";-0"门";"无"', [2, 0, 1], ["2门", "无", "1门"], ["2门", "0门", "1门"]),
    ('"第"0"名"', [1, 2, 12], ["第1名", "第2名", "第12名"], ["第1名", "第2名", "第12名"]),
    ("0000000000", [20240001, 20240002, 3], ["0020240001", "0020240002", "0000000003"], ["0020240001", "0020240002", "0000000003"]),
    ("0.0%", [0.667, 0.5, 1], ["66.7%", "50.0%", "100.0%"], ["66.7%", "50.0%", "100.0%"]),
    ('yyyy"年"m"月"', [38626, 38657, 38687], ["2005年10月", "2005年11月", "2005年12月"], ["2005年10月", "2005年11月", "2005年12月"]),
]
book = xlsxwriter.Workbook("form.xlsx")
sheet = book.add_worksheet("名单")
for at, (shape, numbers, *_) in enumerate(columns):
    sheet.write_column(0, at, numbers, book.add_format({"num_format": shape}))
book.close()

across = lambda lists: [list(row) for row in zip(*lists, strict=True)]
numbers, shown, read = (across(column[part] for column in columns) for part in (1, 2, 3))
opened = excelize.open_file("form.xlsx")
rows = opened.get_rows("名单")
print("shown:   ", *shown, "\nexcelize:", *rows, sep="\n  ")
assert rows == read
raw = opened.get_rows("名单", excelize.Options(raw_cell_value=True))
assert [[float(cell) for cell in row] for row in raw] == numbers
cells = openpyxl.load_workbook("form.xlsx")["名单"].iter_rows(max_col=4, values_only=True)
assert [list(row) for row in cells] == [row[:4] for row in numbers]

opened.set_cell_formula("名单", "Z1", '=TEXT(59,"[>=60]通过;未通过")')
assert opened.calc_cell_value("名单", "Z1") == "通过"
json.dump(shown, open("shown.json", "w"))
PY
v/bin/python read.py

cat >read.js <<'JS'
const assert = require('assert');
const XLSX = require('xlsx');
const rows = XLSX.utils.sheet_to_json(XLSX.readFile('form.xlsx').Sheets['名单'], { header: 1, raw: false });
assert.deepStrictEqual(rows, require('./shown.json'));
console.log('as on 2026-11-30: the first section of a format is everybody\'s');
JS
node read.js
