#!/usr/bin/env bash
# exceljs opens a form and saves it again: every limit that is a formula or a cell, such as TODAY(), has become NaN.
#
# A form for terms of office lets a date between DATE(2026,9,1) and TODAY(), a whole number of votes up to $H$1, a
# number as long as LEN($A$2). exceljs reads the limits of "date", "whole", "decimal" and "textLength" rules as numbers,
# whatever stands there, and writes the result: <formula1>NaN</formula1>. No error and no warning when reading or
# saving; lists, rules with plain numbers and "custom" formulas stay as they were, so the form looks untouched. NaN is
# no number there but the name of nothing: the form has lost the limits that it states.
#
# Seen with exceljs 4.4.0 (npm), form made and read back with openpyxl 3.1.5, Node 20, run on 2026-11-28.
# Who is hurt: the office whose program puts each college's name into its own form before sending it out: the date and
# vote columns have lost their limits in every copy.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q openpyxl==3.1.5
npm init -y >/dev/null
npm install --silent --no-audit --no-fund exceljs@4.4.0 >/dev/null

cat >make.py <<'PY'
import openpyxl
from openpyxl.worksheet.datavalidation import DataValidation

book = openpyxl.Workbook()
sheet = book.active
sheet.append(["学号", "姓名", "任职第一天", "得票", "校区编号", "政治面貌", "是否连任"])
rules = {
    "C2": dict(type="date", operator="between", formula1="DATE(2026,9,1)", formula2="TODAY()"),
    "D2": dict(type="whole", operator="between", formula1="0", formula2="$H$1"),
    "E2": dict(type="textLength", operator="equal", formula1="LEN($A$2)"),
    "A2": dict(type="textLength", operator="equal", formula1="12"),
    "B2": dict(type="custom", formula1="COUNTIF($A$2:$A$500,A2)=1"),
    "F2": dict(type="list", formula1='"中共党员,共青团员,群众"'),
}
for cell, rule in rules.items():
    validation = DataValidation(**rule)
    validation.add(cell)
    sheet.add_data_validation(validation)
book.save("form.xlsx")
PY
v/bin/python make.py

cat >fill.js <<'JS'
const ExcelJS = require('exceljs');
(async () => {
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile('form.xlsx');
  book.worksheets[0].getCell('H2').value = '文学院';
  await book.xlsx.writeFile('filled.xlsx');
})();
JS
node fill.js

v/bin/python - <<'PY'
import openpyxl

def rules(path):
    found = openpyxl.load_workbook(path).active.data_validations.dataValidation
    return {str(rule.sqref): (rule.formula1, rule.formula2) for rule in found}

before, after = rules("form.xlsx"), rules("filled.xlsx")
for cell in sorted(before):
    print(cell, before[cell], "->", after[cell])
assert after["C2"] == ("NaN", "NaN")
assert after["D2"] == ("0", "NaN")
assert after["E2"] == ("NaN", None)
for cell in ("A2", "B2", "F2"):
    assert after[cell] == before[cell], cell
print("as on 2026-11-28: limits that are formulas or cells are NaN after exceljs")
PY
