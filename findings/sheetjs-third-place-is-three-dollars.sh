#!/usr/bin/env bash
# SheetJS shows the number that Excel shows as 三 as "$3", 第三名 as 第$3名, and October 2005 with the format yyyy.mm as 38626.
#
# A Chinese Excel offers 中文小写数字 under 特殊 and writes [DBNum1][$-804]General. What stands in [$…-804] before the "-" is a sign
# of money, and here none; SheetJS finds none and puts a dollar. So the seats 一 二 三 become $1 $2 $3, and the weekday
# [$-804]aaaa is the word "$aaaa". In dates of the same kind, [$-804]yyyy"年"m"月", it is right.
# And yyyy.mm, which is how forms show 2005.10, is no format at all to SheetJS; it says nothing and gives Excel's count of
# days. yyyy\.mm and yyyy"."mm, the same to Excel, are right, and so is yyyy-mm. All this is in sheet_to_csv,
# sheet_to_html and sheet_to_json with raw: false, what one takes in order to have what people see.
#
# Guessed before: that a format which a library does not know is left away, and the plain number stays.
# Seen with xlsx (SheetJS) 0.18.5 from npm, sheets made with XlsxWriter 3.3.1, Node 20, run on 2026-11-29.
# Who is hurt: the office that puts an Excel list on a web page: candidates have prices, and a date of birth is 38626.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q XlsxWriter==3.3.1
npm init -y >/dev/null
npm install --silent --no-audit --no-fund xlsx@0.18.5 >/dev/null

cat >make.py <<'PY'
import xlsxwriter

book = xlsxwriter.Workbook("list.xlsx")
sheet = book.add_worksheet("名单")
cells = [
    (3, '[DBNum1][$-804]General'), (3, '"第"[DBNum1][$-804]General"名"'), (38626, '[$-804]aaaa;@'),
    (38626, 'yyyy.mm'), (38626, 'yyyy.mm.dd'), (38626, 'yyyy\\.mm'), (38626, 'yyyy"."mm'), (38626, 'yyyy-mm'),
    (38626, '[$-804]yyyy"年"m"月"'), (3, '"第"0"名"'),
]
for row, (number, shown) in enumerate(cells):
    sheet.write_number(row, 0, number, book.add_format({"num_format": shown}))
book.close()
PY
v/bin/python make.py

cat >read.js <<'JS'
const assert = require('assert');
const XLSX = require('xlsx');
const book = XLSX.readFile('list.xlsx', { cellNF: true });
const sheet = book.Sheets['名单'];
const csv = XLSX.utils.sheet_to_csv(sheet).trim().split('\n');
csv.forEach((text, row) => console.log(sheet[`A${row + 1}`].z.padEnd(32), text));
assert.deepStrictEqual(csv,
  ['$3', '第$3名', '$aaaa', '38626', '38626', '2005.10', '2005.10', '2005-10', '2005年10月', '第3名']);
const json = XLSX.utils.sheet_to_json(sheet, { header: 1, raw: false }).flat();
assert.deepStrictEqual(json.map(String), csv);
assert.match(XLSX.utils.sheet_to_html(sheet), /第\$3名/);
console.log('as on 2026-11-29: third place is $3, October 2005 is 38626');
JS
node read.js
