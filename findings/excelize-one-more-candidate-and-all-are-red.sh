#!/usr/bin/env bash
# excelize, inserting a row for one more candidate, leaves the limit of a colour where it was: now an empty cell, and all are red.
#
# insert_rows moves what refers to rows: formulas of every sheet, names, rules for typing (数据验证) and lists, and of
# conditional formats the cells that they colour. The formula within a conditional format it does not read. "As many votes as $B$7, or
# more: red" was for B2:B5 and is for B2:B6, and the limit, now in B8, is still looked for in B7, which is empty: every
# vote is at least nothing. A rule beside it, B2<=$B$7 for what may be typed, is B2<=$B$8 as it should be. remove_row does the same
# the other way, and duplicate_row with it. And of a copied row whose formula adds its votes to the sum above, C2+B3, the copy is
# C2+B4 and not C3+B4: what is in the row itself moves, what is above it does not, so that its sum leaves 乙 out. No error.
#
# Guessed before: it moves all that Excel moves, or nothing but cells.
# Seen with excelize 0.1.0, XlsxWriter 3.3.1 (PyPI), Python 3.11, run on 2026-11-30.
# Who is hurt: who is not elected and whose row is red like everybody's in the list that the portal filled in; or, where red means
# "not enough", nobody's; and 乙, whose votes the sum in the row that was added leaves out.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q excelize==0.1.0 XlsxWriter==3.3.1

cat >rows.py <<'PY'
import html, re, zipfile

import excelize
import xlsxwriter

book = xlsxwriter.Workbook("votes.xlsx")
sheet = book.add_worksheet("计票")
sheet.write_row(0, 0, ["姓名", "票", "累计"])
for row, (name, votes) in enumerate([("甲", 5), ("乙", 9), ("丙", 7), ("丁", 3)], 1):
    sheet.write_row(row, 0, [name, votes])
    sheet.write_formula(row, 2, "=B2" if row == 1 else f"=C{row}+B{row + 1}")
sheet.write_row(6, 0, ["当选", 6])
sheet.conditional_format("B2:B5", {"type": "cell", "criteria": ">=", "value": "$B$7",
                                   "format": book.add_format({"bg_color": "#FF0000"})})
sheet.data_validation("D2:D5", {"validate": "custom", "value": "=B2<=$B$7"})
sheet.write_formula(7, 1, "=COUNTIF(B2:B5,\">=\"&B7)")
book.close()

def look(file):
    text = zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml").decode()
    found = lambda pattern: [html.unescape(one) for one in re.findall(pattern, text)]
    colour = found('<conditionalFormatting sqref="(.*?)">') + found("<formula>(.*?)</formula>")
    return colour, *found("<formula1>(.*?)</formula1>"), found("<f>(.*?)</f>")

assert look("votes.xlsx") == (["B2:B5", "$B$7"], "B2<=$B$7", ["B2", "C2+B3", "C3+B4", "C4+B5", 'COUNTIF(B2:B5,">="&B7)'])

def change(call, *where):
    book = excelize.open_file("votes.xlsx")
    getattr(book, call)("计票", *where)
    book.save_as("changed.xlsx")
    seen = look("changed.xlsx")
    votes = {row: book.get_cell_value("计票", f"B{row}") for row in range(1, 10)}
    print(call, *where, *seen)
    return seen, votes

(colour, rule, formulas), votes = change("insert_rows", 4, 1)
assert (colour, rule) == (["B2:B6", "$B$7"], "B2<=$B$8") and (votes[7], votes[8]) == ("", "6")
assert formulas == ["B2", "C2+B3", "C3+B5", "C5+B6", 'COUNTIF(B2:B6,">="&B8)']
(colour, rule, _), votes = change("remove_row", 5)
assert (colour, rule) == (["B2:B4", "$B$7"], "B2<=$B$6") and votes[6] == "6"
(colour, rule, formulas), votes = change("duplicate_row", 3)
assert colour == ["B2:B6", "$B$7"] and formulas[:4] == ["B2", "C2+B3", "C2+B4", "C3+B5"]
PY
v/bin/python rows.py
echo "as on 2026-11-30: the colour looks for its limit where it was"
