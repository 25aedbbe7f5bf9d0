#!/usr/bin/env bash
# xlsx2csv writes 2026-09-01 14:30 as 14:29: of the half hours and hours of each day every third is a minute early.
#
# A sheet keeps a moment as days since 1900, and 14:30 as a fraction that has no end, 0.604166…, of which there are fifteen
# figures or so. Excel shows the nearest minute. xlsx2csv makes a time of it to the millionth of a second and cuts off what is
# below a minute: 14:29:59.999 is 14:29. It is so on every day for 1:00, 2:30, 4:00, 5:30, 7:00, 8:30 and so on, each hour and a
# half, 16 of 48, in lists of openpyxl and of XlsxWriter. 14:00 is right, and so is a time without a day (h:mm). With seconds in
# the format (hh:mm:ss) it is 14:29:59. openpyxl, calamine and excelize have 14:30. No warning.
#
# Guessed before: that hours beyond 24 come out wrong; that 14:30 does was seen beside it.
# Seen with xlsx2csv 0.8.6, openpyxl 3.1.5, XlsxWriter 3.3.1, python-calamine 0.9.1, excelize 0.1.0 (PyPI), Python 3.11, run on
# 2026-11-30.
# Who is hurt: whoever comes or hands in at half past two: the list that is imported closed at 14:29, and 8:30 and 10:00 are
# 8:29 and 9:59, while 14:00, with which one tries it, is right.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q xlsx2csv==0.8.6 openpyxl==3.1.5 XlsxWriter==3.3.1 python-calamine==0.9.1 excelize==0.1.0

cat >times.py <<'PY'
import datetime
import subprocess

import excelize
import openpyxl
import python_calamine
import xlsxwriter

def half_hours(day):
    return [datetime.datetime.combine(day, datetime.time(hour, minute)) for hour in range(24) for minute in (0, 30)]

def by_xlsxwriter(moments, shown):
    book = xlsxwriter.Workbook("list.xlsx")
    book.add_worksheet().write_column(0, 0, moments, book.add_format({"num_format": shown}))
    book.close()

def by_openpyxl(moments, shown):
    book = openpyxl.Workbook()
    for row, moment in enumerate(moments, 1):
        book.active.cell(row, 1, moment).number_format = shown
    book.save("list.xlsx")

def read():
    return subprocess.run(["v/bin/xlsx2csv", "list.xlsx"], capture_output=True, text=True, check=True).stdout.splitlines()

for write in (by_xlsxwriter, by_openpyxl):
    for day in (datetime.date(2026, 9, 1), datetime.date(2026, 11, 30), datetime.date(2005, 10, 1)):
        moments = half_hours(day)
        write(moments, "yyyy-mm-dd hh:mm")
        early = {moment: seen for moment, seen in zip(moments, read()) if seen != f"{moment:%Y-%m-%d %H:%M}"}
        print(write.__name__, day, len(early), "of", len(moments), *(f"{moment:%H:%M}:{seen[-5:]}" for moment, seen in early.items()))
        assert list(early) == [moment for moment in moments if (moment.hour * 2 + moment.minute // 30) % 3 == 2]
        for moment, seen in early.items():
            assert seen == f"{moment - datetime.timedelta(minutes=1):%Y-%m-%d %H:%M}"
        cells = [row[0] for row in openpyxl.load_workbook("list.xlsx").active.values]
        calamine = [row[0] for row in python_calamine.CalamineWorkbook.from_path("list.xlsx").get_sheet_by_index(0).to_python()]
        book = excelize.open_file("list.xlsx")
        shown = [row[0] for row in book.get_rows(book.get_sheet_list()[0])]
        right = [f"{moment:%Y-%m-%d %H:%M}" for moment in moments]
        assert right == shown == [f"{cell:%Y-%m-%d %H:%M}" for cell in cells]
        assert calamine[1:] == moments[1:]
by_xlsxwriter(half_hours(datetime.date(2026, 9, 1)), "yyyy-mm-dd hh:mm:ss")
assert read()[29] == "2026-09-01 14:29:59", read()[29]
by_xlsxwriter([moment.time() for moment in half_hours(datetime.date(2026, 9, 1))], "h:mm")
assert read()[29] == "14:30"
PY
v/bin/python times.py
echo "as on 2026-11-30: half past two is a minute before"
