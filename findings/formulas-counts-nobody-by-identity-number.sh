#!/usr/bin/env bash
# formulas (PyPI): COUNTIF finds an identity number only if it is a multiple of 16; SUMPRODUCT(--(…)) is always 0.
#
# COUNTIF(B1:B6,B1) counts the cell that it is given and so is 1 at least; here it is 0 for most numbers of eighteen
# digits, and SUMIF by the same number has no votes. The condition becomes a floating point number, the cells do not, and
# at that size only every sixteenth number (every 128th where the region begins with 6) is still itself. Numbers that end
# in X are found, and student numbers up to fifteen digits. (Excel, which takes both for numbers, counts too many;
# LibreOffice counts rightly.) SUMPRODUCT(--(C1:C5>=60)), the usual way of counting by a condition, is 0, while (…)*1 is
# right; "<>" counts the empty cells instead of the others; 王? is 王小明 and 王 too; VALUE("1,234") is 85469, a day in 2134.
# MATCH and VLOOKUP by the same number are right. No error value, no warning.
#
# Guessed before: it counts too many, as Excel does.
# Seen with formulas 1.3.4, openpyxl 3.1.5, Python 3.11, run on 2026-11-28.
# Who is hurt: the office whose server computes its form: the column IF(COUNTIF(B:B,B2)>1,"重复","") finds almost nobody
# who is on the roll twice, and votes added up by identity number are nought for most people.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q formulas==1.3.4 openpyxl==3.1.5

v/bin/python - 2>errors <<'PY' || { cat errors >&2; exit 1; }
import formulas, openpyxl

rows = [["王伟", "110105200509120018", 60], ["王小明", "110105200509120026", 50], ["李王", "11010520050912003X", 45],
        ["张三", "20240001", 100], ["王", 20240002, None], ["王伟", "110105200509120018", 70]]
expected = {
    # formula: here, as it should be
    "COUNTIF(B1:B6,B1)": (0, 2),
    "COUNTIF(B1:B6,B2)": (0, 1),
    "COUNTIF(B1:B6,B3)": (1, 1),
    "COUNTIF(B1:B6,B4)": (1, 1),
    "SUMIF(B1:B6,B1,C1:C6)": (0, 130),
    "SUMIF(B1:B6,B4,C1:C6)": (100, 100),
    'COUNTIFS(B1:B6,B1,C1:C6,">0")': (0, 2),
    "MATCH(B2,B1:B6,0)": (2, 2),
    "VLOOKUP(B2,B1:C6,2,FALSE)": (50, 50),
    "SUMPRODUCT(--(C1:C5>=60))": (0, 2),
    "SUMPRODUCT((C1:C4>=60)*1)": (2, 2),
    'COUNTIF(C1:C6,"<>")': (1, 5),
    'COUNTIF(C1:C6,">=60")': (3, 3),
    'COUNTIF(A1:A6,"王?")': (4, 2),
    'COUNTIF(A1:A6,"王*")': (4, 4),
    'VALUE("1,234")': (85469, 1234),
    'VALUE("12")': (12, 12),
}
book = openpyxl.Workbook()
sheet = book.active
sheet.title = "ROLL"
for row in rows:
    sheet.append(row)
for place, formula in enumerate(expected, 1):
    sheet.cell(place, 8).value = "=" + formula
book.save("roll.xlsx")
cells = formulas.ExcelModel().loads("roll.xlsx").finish().calculate()
values = {str(name).split("!")[1]: cell for name, cell in cells.items() if "!" in str(name)}
for place, (formula, (here, right)) in enumerate(expected.items(), 1):
    value = values[f"H{place}"].value[0, 0]
    print(formula, "=", value, "" if here == right else f"(should be {right})")
    assert value == here, value

book = openpyxl.Workbook()
sheet = book.active
sheet.title = "ROLL"
numbers = range(110105200509120000, 110105200509184064, 1001)
for place, number in enumerate(numbers, 1):
    sheet.cell(place, 1).value = str(number)
    sheet.cell(place, 2).value = f"=COUNTIF(A1:A64,A{place})"
book.save("roll.xlsx")
cells = formulas.ExcelModel().loads("roll.xlsx").finish().calculate()
values = {str(name).split("!")[1]: cell for name, cell in cells.items() if "!" in str(name)}
found = [number for place, number in enumerate(numbers, 1) if values[f"B{place}"].value[0, 0] == 1]
print("found:", len(found), "of", len(numbers))
assert found == [number for number in numbers if number % 16 == 0], found
print("as on 2026-11-28: who has an identity number is counted as nobody")
PY
