#!/usr/bin/env bash
# Of a list that SheetJS saves as .xlsb, calamine, and pandas and polars through it, have the first column alone.
#
# In a binary workbook a cell right of another may leave its column away (the "short" records of [MS-XLSB]), and SheetJS
# writes such cells so. calamine and pyxlsb pass over these records: of each row there is the first cell, and what stands
# behind an empty one: student numbers, and 是 behind a gap. The table has its full width, and no error is raised. pyxlsb has
# not even the first column, unless bookSST was set. The same workbook as .xlsx is right, and SheetJS reads its own .xlsb
# rightly. As .ods, calamine refuses the list over the blanks between its elements: "Expecting 'table-cell'".
#
# Guessed before: .xlsb is as good as .xlsx in readers that have it, and .ods too.
# Seen with xlsx (SheetJS) 0.18.5 from npm, python-calamine 0.9.1, pandas 3.1.1, polars 2.1.0 with fastexcel 0.21.0,
# pyxlsb 1.0.10 (PyPI), Node 20, run on 2026-11-29.
# Who is hurt: an office whose page exports .xlsb, "the small one", for the other office's script: on the roll are numbers
# without names, and where an empty cell takes away what was known, the names, votes and marks of a whole union go.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q python-calamine==0.9.1 pandas==3.1.1 polars==2.1.0 fastexcel==0.21.0 pyxlsb==1.0.10
npm init -y >/dev/null
npm install --silent --no-audit --no-fund xlsx@0.18.5 >/dev/null

cat >write.js <<'JS'
const assert = require('assert');
const XLSX = require('xlsx');
const rows = [['学号', '姓名', '票', '备注', '缺席'], ['0020240001', '张三', 5, 'a', null], ['0020240002', '李四', 7, null, '是']];
const book = XLSX.utils.book_new();
XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet(rows), '名单');
for (const kind of ['xlsb', 'xlsx', 'ods']) XLSX.writeFile(book, 'list.' + kind);
XLSX.writeFile(book, 'shared.xlsb', { bookSST: true });
const own = name => XLSX.utils.sheet_to_json(XLSX.readFile(name).Sheets['名单'], { header: 1, defval: null });
for (const name of ['list.xlsb', 'shared.xlsb', 'list.ods']) assert.deepStrictEqual(own(name), rows);
JS
node write.js

cat >read.py <<'PY'
import warnings

import pandas, polars, pyxlsb
from python_calamine import CalamineWorkbook

warnings.simplefilter("ignore")

def calamine(name):
    return CalamineWorkbook.from_path(name).get_sheet_by_index(0).to_python()

heads = ["学号", "姓名", "票", "备注", "缺席"]
whole = [heads, ["0020240001", "张三", 5.0, "a", ""], ["0020240002", "李四", 7.0, "", "是"]]
left = [["学号", "", "", "", ""], ["0020240001", "", "", "", ""], ["0020240002", "", "", "", "是"]]
assert calamine("list.xlsx") == whole
for name in ("list.xlsb", "shared.xlsb"):
    found = calamine(name)
    print(name, "calamine", *found)
    assert found == left

found = pandas.read_excel("list.xlsb", engine="calamine", header=None, dtype=str).fillna("").values.tolist()
print("pandas", *found)
assert found == left
found = [["" if value is None else value for value in row] for row in polars.read_excel("list.xlsb", has_header=False).rows()]
print("polars", *found)
assert [row[0] for row in found] == [row[0] for row in left] and not any("张三" in row for row in found)

for name, expected in (("list.xlsb", 0), ("shared.xlsb", 4)):
    with pyxlsb.open_workbook(name) as book, book.get_sheet(1) as sheet:
        values = [cell.v for row in sheet.rows(sparse=True) for cell in row if cell.v is not None]
    print(name, "pyxlsb", values)
    assert len(values) == expected, values

try:
    print(calamine("list.ods"))
except Exception as error:
    print("list.ods calamine", str(error)[:30])
    assert "table-cell" in str(error)
else:
    raise AssertionError("calamine reads SheetJS's .ods")
print("as on 2026-11-29: numbers without names")
PY
v/bin/python read.py
