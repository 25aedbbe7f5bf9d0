#!/usr/bin/env bash
# xlsx2csv gives all students whose number is shown as S240001 the same one, "s"000000, since it takes the S for
# seconds.
#
# A number cell with the format "S"000000 shows S240001, S240002 … in Excel. xlsx2csv looks for the letters of dates in
# a format, within quotation marks too, and writes such a cell as a time: the letter in small, the zeros of the format,
# and the value nowhere. "BK"0000, without such a letter, gives the plain 12. Dates like 2026年9月1日 keep the quotation
# marks of the format, and 9时28分 is 09时09分: what should be the minutes is the month. No warning; openpyxl gives the
# numbers.
#
# Seen with xlsx2csv 0.8.6, XlsxWriter 3.3.1, openpyxl 3.1.5, run on 2026-11-28.
# Who is hurt: master's students (S) of a graduate school that numbers them so: the roll is one person many times, and a
# program that keeps one line a number keeps the last.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q xlsx2csv==0.8.6 XlsxWriter==3.3.1 openpyxl==3.1.5

v/bin/python - <<'PY'
import csv, io
import openpyxl, xlsxwriter
from xlsx2csv import Xlsx2csv

cells = [
    ("张三", '"S"000000', 240001), ("李四", '"S"000000', 240002), ("王五", '"S"000000', 240003),
    ("赵六", '"BK"0000', 12),
    ("任职", 'yyyy"年"m"月"d"日"', 46266),
    ("报到", 'yyyy"年"m"月"d"日" h"时"mm"分"', 46266 + (9 * 60 + 28) / 1440),
]
book = xlsxwriter.Workbook("roll.xlsx")
sheet = book.add_worksheet()
for number, (name, look, value) in enumerate(cells):
    sheet.write_string(number, 0, name)
    sheet.write_number(number, 1, value, book.add_format({"num_format": look}))
book.close()

out = io.StringIO()
Xlsx2csv("roll.xlsx", outputencoding="utf-8").convert(out)
seen = dict(csv.reader(io.StringIO(out.getvalue())))
for name, shown in seen.items():
    print(name, shown)
assert seen == {
    "张三": '"s"000000', "李四": '"s"000000', "王五": '"s"000000',
    "赵六": "12",
    "任职": '2026"年"09"月"01"日"',
    "报到": '2026"年"09"月"01"日" 09"时"09"分"',
}
assert [row[1] for row in openpyxl.load_workbook("roll.xlsx").active.values][:3] == [240001, 240002, 240003]
print("as on 2026-11-28: three students, one number")
PY
