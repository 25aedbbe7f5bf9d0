#!/usr/bin/env bash
# polars.read_excel empties cells whose kind first appears after row 100: student 2024X300 has no number any more.
#
# The first 100 rows say what a column is. If all of these are numbers, a text in row 101 or later is null: a student
# number with a letter, "2门" for two failed courses, "缺考". No error and no warning, where read_csv of the same polars
# stops with an error. With the same student in row 100 or before, the whole column becomes text and nothing is lost, so
# the same list is right sorted by college and wrong sorted by number; and a list of one class, which is what one tries
# with, is always right. infer_schema_length=None or schema_overrides keep all.
#
# Seen with polars 2.1.0, fastexcel 0.21.0, list made with XlsxWriter 3.3.1, run on 2026-11-28.
# Who is hurt: transfer students and those of a joint course, whose numbers have a letter and stand at the end: they are
# nobody on the roll; and whoever failed courses, if the office writes "2门": null beside 0 is not "has failed".
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q polars==2.1.0 fastexcel==0.21.0 XlsxWriter==3.3.1

v/bin/python - <<'PY'
import warnings
import polars as pl, xlsxwriter

warnings.simplefilter("error")

def roster(file, odd_at):
    """1,500 students; the one in row odd_at has a letter in the number and "2门" failed courses."""
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["学号", "姓名", "不及格门数"])
        for row in range(1, 1501):
            sheet.write_string(row, 1, f"学生{row}")
            if row == odd_at:
                sheet.write_string(row, 0, "2024X300")
                sheet.write_string(row, 2, "2门")
            else:
                sheet.write_number(row, 0, 20240000 + row)
                sheet.write_number(row, 2, 0)

roster("late.xlsx", 101)
roster("early.xlsx", 100)
late, early = pl.read_excel("late.xlsx"), pl.read_excel("early.xlsx")
print("row 101:", late.row(100), "| row 100:", early.row(99))
print("nulls:", late.null_count().row(0), early.null_count().row(0))
assert late.row(100) == (None, "学生101", None) and late.null_count().row(0) == (1, 0, 1)
assert early.row(99) == ("2024X300", "学生100", "2门") and early.null_count().row(0) == (0, 0, 0)
whole = pl.read_excel("late.xlsx", infer_schema_length=None)
print("looking at all rows:", whole.row(100))
assert whole.row(100) == ("2024X300", "学生101", "2门")
pl.read_excel("late.xlsx", infer_schema_length=None).write_csv("whole.csv")
try:
    pl.read_csv("whole.csv")
except pl.exceptions.ComputeError:
    print("read_csv stops with an error")
else:
    raise AssertionError("read_csv took it")
print("as on 2026-11-28: a text after row 100 of a column of numbers is null")
PY
