#!/usr/bin/env bash
# tablib and in2csv read another sheet of the same workbook after somebody has looked at it and saved: last year's, or the notes.
#
# Excel saves with a workbook which tab was in front (activeTab), so that it opens there again. Nearly all readers take the first
# sheet unless one is named: pandas, polars, petl, pyexcel, xlsx2csv. tablib, when it loads a set of data, and csvkit's in2csv take
# the tab in front. So the same file with the same cells gives another list from one day to the next, and what one program counts
# of it another does not. In a file as a program made it, and in one of a single sheet, the two are the same. agate-excel, on
# which in2csv stands, says "the active sheet" in its documents; --help of in2csv does not. django-import-export is as tablib.
#
# Guessed before: the first sheet.
# Seen with tablib 3.10.0, csvkit 2.2.0, django-import-export 4.4.3, pandas 3.1.1, polars 2.1.0 with fastexcel 0.21.0, petl
# 1.7.30, pyexcel 0.7.6 with pyexcel-xlsx 0.6.1, xlsx2csv 0.8.6, XlsxWriter 3.3.1 (PyPI), Python 3.11, run on 2026-11-30.
# Who is hurt: whoever is on this year's list, after the secretary looked something up in last year's, saved, and sent the workbook
# to the office: elected, or let in, are last year's people.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q tablib==3.10.0 csvkit==2.2.0 django-import-export==4.4.3 pandas==3.1.1 polars==2.1.0 fastexcel==0.21.0 \
  petl==1.7.30 pyexcel==0.7.6 pyexcel-xlsx==0.6.1 xlsx2csv==0.8.6 XlsxWriter==3.3.1 openpyxl==3.1.5

cat >read.py <<'PY'
import subprocess
import warnings

import django.conf
django.conf.settings.configure(USE_TZ=True)
import pandas
import petl
import polars
import pyexcel
import tablib
import xlsxwriter
from import_export.formats.base_formats import XLSX

warnings.simplefilter("ignore")
for looked_at in (0, 1):
    book = xlsxwriter.Workbook(f"{looked_at}.xlsx")
    for at, (year, name) in enumerate((("今年", "甲"), ("去年", "乙"))):
        sheet = book.add_worksheet(year)
        sheet.write_column(0, 0, ["姓名", name])
        if at == looked_at:
            sheet.activate()
    book.close()

def run(*command):
    return subprocess.run([f"v/bin/{command[0]}", *command[1:]], capture_output=True, text=True, check=True).stdout.split()[-1]

readers = {
    "tablib": lambda file: tablib.Dataset().load(open(file, "rb"), format="xlsx")["姓名"][0],
    "in2csv": lambda file: run("in2csv", file),
    "django-import-export": lambda file: XLSX().create_dataset(open(file, "rb").read())["姓名"][0],
    "pandas": lambda file: pandas.read_excel(file)["姓名"][0],
    "polars": lambda file: polars.read_excel(file)["姓名"][0],
    "petl": lambda file: petl.fromxlsx(file)[1][0],
    "pyexcel": lambda file: pyexcel.get_array(file_name=file)[1][0],
    "xlsx2csv": lambda file: run("xlsx2csv", file),
}
for name, read in readers.items():
    seen = [read(f"{looked_at}.xlsx") for looked_at in (0, 1)]
    print(name, "this year's in front:", seen[0], "last year's in front:", seen[1])
    assert seen == (["甲", "乙"] if name in ("tablib", "in2csv", "django-import-export") else ["甲", "甲"]), name
PY
v/bin/python read.py
echo "as on 2026-11-30: one look changes the list"
