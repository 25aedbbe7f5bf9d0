#!/usr/bin/env bash
# SheetJS shows what was hidden: saved as .ods, hidden rows, columns and whole sheets come back into sight; saved as
# .xls, hidden rows do, while hidden columns and sheets stay hidden.
#
# A roll with one hidden row (a student who has left), a hidden column (the identity number) and a hidden sheet (last
# year's) is written by the same call, from the same workbook in memory, as .xlsx, .xlsb, .xls and .ods. The first two
# keep all of it. Of .xls the ROW records are not written at all, so no row can be hidden, and xlrd finds none. The .ods
# has no table:visibility anywhere, and its hidden sheet says table:display="true". No warning, and no option for it.
#
# Guessed before: .ods loses the rows; that .xls keeps sheets and columns and loses rows alone was not guessed.
# Seen with SheetJS (npm xlsx) 0.18.5, xlrd 2.0.2, openpyxl 3.1.5, run on 2026-11-28.
# Who is hurt: offices whose portal exports by SheetJS and offers "另存为 .ods / 97-2003": the list that was published
# had fewer people, columns and sheets on the screen than in the file.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
npm install --silent --no-audit --no-fund --prefix . xlsx@0.18.5 >/dev/null
python3 -m venv v
v/bin/pip install -q xlrd==2.0.2 openpyxl==3.1.5

cat > write.js <<'JS'
const X = require('xlsx');
const roll = X.utils.aoa_to_sheet([['学号', '姓名', '证件号'], ['001', '甲', 'a'], ['002', '乙', 'b'], ['003', '丙', 'c']]);
roll['!rows'] = [{}, { hidden: true }];
roll['!cols'] = [{}, {}, { hidden: true }];
const book = X.utils.book_new();
X.utils.book_append_sheet(book, roll, '名单');
X.utils.book_append_sheet(book, X.utils.aoa_to_sheet([['去年']]), '旧表');
book.Workbook = { Sheets: [{ name: '名单' }, { name: '旧表', Hidden: 1 }] };
for (const [kind, file] of [['xlsx', 'a.xlsx'], ['biff8', 'a.xls'], ['ods', 'a.ods']]) X.writeFile(book, file, { bookType: kind });
JS
node write.js

v/bin/python - <<'PY'
import re, zipfile
import openpyxl, xlrd

book = openpyxl.load_workbook("a.xlsx")
xlsx = (book["名单"].row_dimensions[2].hidden, book["名单"].column_dimensions["C"].hidden, book["旧表"].sheet_state)
old = xlrd.open_workbook("a.xls", formatting_info=True)
roll, last = old.sheets()
xls = (any(row.hidden for row in roll.rowinfo_map.values()), bool(roll.colinfo_map[2].hidden), last.visibility)
content = zipfile.ZipFile("a.ods").read("content.xml").decode()
ods = ("visibility" in content, re.findall(r'table:display="(\w+)"', content))
print("xlsx: row, column, sheet", xlsx)
print("xls:  row, column, sheet", xls)
print("ods:  any visibility, display", ods)
assert xlsx == (True, True, "hidden")
assert xls == (False, True, 1)
assert ods[0] is False and "false" not in ods[1]
print("as on 2026-11-28: .ods hides nothing, .xls no row")
PY
