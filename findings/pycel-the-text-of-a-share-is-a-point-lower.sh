#!/usr/bin/env bash
# pycel rounds 12.5 to 13 with ROUND and to "12" with TEXT; EDATE puts one month after 31 January on 3 March.
#
# pycel computes a workbook on a server, and nearly all of it is Excel's to the last figure: COUNTIF with * and ?, VLOOKUP of
# grades, ROUND of 1.005 and 2.675, ROUNDUP of 45*2/3, even TEXT with 第0名 and yyyy年m月d日. But TEXT rounds as Python does, a
# half to the even figure, and decimals as the processor has them: "0" of 66.5 is 66 and of 67.5 is 68, "0%" of 0.665 is
# 66%, "0.00" of 1.005 is 1.00, where Excel writes 67, 68, 67% and 1.01. So the figure in the cell and the sentence
# beside it differ by one. EDATE counts on from days that a month does not have: 31 August and one month is 1 October,
# 29 February and a year 1 March; EOMONTH is right. What pycel lacks (RANK, MEDIAN) it refuses; of these it says nothing.
#
# Guessed before: what it has is right, and what it has not is an error.
# Seen with pycel 1.0b30, openpyxl 3.1.5, Python 3.11, run on 2026-11-29.
# Who is hurt: a motion whose sheet says 67 in its cell and 同意率66% in the sentence that is published; and whose trial year
# or period of notice ends with a short month: it is over three days later on the server than in Excel.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q pycel==1.0b30 openpyxl==3.1.5

cat >compute.py <<'PY'
import datetime

import openpyxl
from pycel import ExcelCompiler

expected = {
    'ROUND(12.5,0)': 13, 'TEXT(12.5,"0")': "12", 'ROUND(66.5,0)': 67, 'TEXT(66.5,"0")': "66", 'TEXT(67.5,"0")': "68",
    'ROUND(0.665,2)': 0.67, '"同意率"&TEXT(0.665,"0%")': "同意率66%", 'ROUND(1.005,2)': 1.01, 'TEXT(1.005,"0.00")': "1.00",
    'TEXT(2.5,"0票")': "2票", 'ROUNDUP(45*2/3,0)': 30, 'TEXT(3,"第0名")': "第3名",
    'EDATE(DATE(2026,1,31),1)': datetime.date(2026, 3, 3), 'EDATE(DATE(2026,8,31),1)': datetime.date(2026, 10, 1),
    'EDATE(DATE(2024,2,29),12)': datetime.date(2025, 3, 1), 'EDATE(DATE(2026,1,15),1)': datetime.date(2026, 2, 15),
    'EOMONTH(DATE(2026,1,31),1)': datetime.date(2026, 2, 28),
}
book = openpyxl.Workbook()
book.active.title = "计算"
for row, formula in enumerate(expected, 1):
    book.active.cell(row, 1, "=" + formula)
book.save("sheet.xlsx")
compiled = ExcelCompiler(filename="sheet.xlsx")
for row, (formula, value) in enumerate(expected.items(), 1):
    found = compiled.evaluate(f"计算!A{row}")
    if isinstance(value, datetime.date):
        found = datetime.date(1899, 12, 30) + datetime.timedelta(int(found))
    print(formula.ljust(28), found)
    assert found == value, (formula, found)
print("as on 2026-11-29: text and figure differ by one")
PY
v/bin/python compute.py
