#!/usr/bin/env bash
# exceljs, saving a form, makes its name 班级 the cell A2 of a sheet called "OFFSET(选项", and leaves duplicates unmarked.
#
# A list that grows is a name with a formula, OFFSET(选项!$A$2,0,0,COUNTA(…)-1,1), and a cell of the form lets one choose from
# =班级. exceljs takes what stands behind a name for places: all up to "!" is the sheet, here 'OFFSET(选项', and A2 the cell.
# Names for whole columns or rows (选项!$A:$A) and for numbers (满分 = 100) are left out. Of a name that two sheets have
# each for itself the last stays, for both. The rule for the cell, =班级, is still there. So are conditional
# formats, though not all: 重复值, 唯一值, 开头是 and 不包含 are gone and leave an empty element where at least one rule has
# to stand; "larger than", "top 3" and formulas stay, but without their 如果为真则停止. No error. A name for plain cells is right.
#
# Guessed before: what it does not know it leaves out; that names get another meaning was not guessed.
# Seen with exceljs 4.4.0 (npm), XlsxWriter 3.3.1, openpyxl 3.1.5 (PyPI), Node 20, run on 2026-11-29.
# Who is hurt: colleges that fill in a form which a portal has put their name into: nobody can choose a class, limits by a name
# hold for nothing, and the student who is on the list twice is no longer red.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q openpyxl==3.1.5 XlsxWriter==3.3.1
npm init -y >/dev/null
npm install --silent --no-audit --no-fund exceljs@4.4.0 >/dev/null

cat >write.py <<'PY'
import xlsxwriter

with xlsxwriter.Workbook("form.xlsx") as book:
    form, choices = book.add_worksheet("名单"), book.add_worksheet("选项")
    form.write_row(0, 0, ["学号", "班级", "票"])
    for row, text in enumerate(["班级", "一班", "二班", "三班"]):
        choices.write(row, 0, text)
    for name, place in (("班级", "=OFFSET(选项!$A$2,0,0,COUNTA(选项!$A:$A)-1,1)"), ("全列", "=选项!$A:$A"), ("满分", "=100"),
                        ("单格", "=选项!$A$2"), ("名单!本表", "=名单!$A$1:$C$9"), ("选项!本表", "=选项!$A$1:$A$4")):
        book.define_name(name, place)
    form.data_validation("B2:B9", {"validate": "list", "source": "=班级"})
    red = book.add_format({"bg_color": "red"})
    for column, rule in (("A", {"type": "duplicate"}), ("B", {"type": "unique"}), ("C", {"type": "text", "criteria": "begins with", "value": "0"}),
                         ("D", {"type": "text", "criteria": "not containing", "value": "班"}),
                         ("E", {"type": "cell", "criteria": ">", "value": 5, "stop_if_true": True}), ("F", {"type": "top", "value": 3})):
        form.conditional_format(f"{column}2:{column}9", {**rule, "format": red})
PY
v/bin/python write.py

cat >save.js <<'JS'
const ExcelJS = require('exceljs');
(async () => {
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile('form.xlsx');
  await book.xlsx.writeFile('saved.xlsx');
})();
JS
node save.js

cat >read.py <<'PY'
import re, zipfile

def look(name):
    part = lambda path: zipfile.ZipFile(name).read(path).decode()
    names = re.findall(r"<definedName ([^>]*)>([^<]*)<", part("xl/workbook.xml"))
    names = {(re.search('name="([^"]*)', said)[1], "localSheetId" in said): place.replace("&apos;", "'") for said, place in names}
    sheet = part("xl/worksheets/sheet1.xml")
    rules = {place[0]: re.findall('type="([^"]*)"', within)
             for place, within in re.findall(r'<conditionalFormatting sqref="([^"]*)"(?:/>|>(.*?)</conditionalFormatting>)', sheet)}
    return names, rules, "stopIfTrue" in sheet, "<formula1>班级</formula1>" in sheet

names, rules, stops, chosen = look("form.xlsx")
assert names[("班级", False)].startswith("OFFSET(") and ("本表", True) in names and ("满分", False) in names and stops and chosen
assert rules == {"A": ["duplicateValues"], "B": ["uniqueValues"], "C": ["beginsWith"], "D": ["notContainsText"], "E": ["cellIs"], "F": ["top10"]}
names, rules, stops, chosen = look("saved.xlsx")
print(names)
print(rules, "stops" if stops else "does not stop")
assert names[("班级", False)] == "'OFFSET(选项'!$A$2" and chosen and not stops
assert names[("单格", False)] == "'选项'!$A$2"
assert ("本表", True) not in names and names[("本表", False)] == "'选项'!$A$1:$A$4"
assert not {("全列", False), ("满分", False)} & set(names)
assert rules == {"A": [], "B": [], "C": [], "D": [], "E": ["cellIs"], "F": ["top10"]}
print("as on 2026-11-29: names lead to no sheet")
PY
v/bin/python read.py
