#!/usr/bin/env bash
# SheetJS reads an .ods that pyexcel or tablib saved without a number: names are there, votes, shares and days are not.
#
# OpenDocument keeps a number in the attribute office:value; the <text:p> within the cell, which says how it was shown,
# may be missing. pyexcel-ods3 leaves it out for everything but text, tablib for numbers. SheetJS takes a cell without that
# text for an empty one, whatever its value: the rows are {姓名: "张三"}, the column of votes is there in the first row
# and nowhere else. pandas and calamine read all of it, and the .ods that pandas writes, with the text beside the value, is
# right in SheetJS too. No error; a list of names alone looks as it should.
#
# Guessed before: that readers differ in comments and line breaks of a cell, and agree on numbers.
# Seen with xlsx (SheetJS) 0.18.5 from npm, pyexcel 0.7.6, pyexcel-ods3 0.6.1, tablib 3.10.0, python-calamine 0.9.1, pandas
# 3.1.1, Node 20, run on 2026-11-29.
# Who is hurt: a count that one office's script saves as .ods for the other office's page: everybody has no votes, and
# sums are 0.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q pyexcel==0.7.6 pyexcel-ods3==0.6.1 python-calamine==0.9.1 pandas==3.1.1 odfpy==1.4.1 "tablib[ods]==3.10.0"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund xlsx@0.18.5 >/dev/null

cat >make.py <<'PY'
import datetime
import pandas, pyexcel, tablib
from python_calamine import CalamineWorkbook

rows = [
    ["姓名", "票数", "得票率", "入团"],
    ["张三", 61, 0.667, datetime.date(2020, 5, 4)],
    ["李四", 45, 0.5, datetime.date(2021, 5, 4)],
]
pyexcel.save_as(array=rows, dest_file_name="count.ods")
calamine = CalamineWorkbook.from_path("count.ods").get_sheet_by_index(0).to_python()
frame = pandas.read_excel("count.ods", engine="odf")
print("calamine", calamine, "\npandas  ", frame.values.tolist())
assert calamine == rows, calamine
assert frame["票数"].tolist() == [61, 45]
with open("tablib.ods", "wb") as file:
    file.write(tablib.Dataset(["张三", 61], ["李四", 45], headers=["姓名", "票数"]).export("ods"))
frame[["姓名", "票数"]].to_excel("other.ods", engine="odf", index=False)
PY
v/bin/python make.py

cat >read.js <<'JS'
const assert = require('assert');
const XLSX = require('xlsx');
const read = file => {
  const book = XLSX.readFile(file);
  return book.Sheets[book.SheetNames[0]];
};
for (const file of ['count.ods', 'tablib.ods']) {
  const rows = XLSX.utils.sheet_to_json(read(file));
  console.log('SheetJS ', file, JSON.stringify(rows));
  assert.deepStrictEqual(rows, [{ 姓名: '张三' }, { 姓名: '李四' }]);
}
assert.deepStrictEqual(XLSX.utils.sheet_to_csv(read('count.ods')).trim().split('\n'),
  ['姓名,票数,得票率,入团', '张三,,,', '李四,,,']);
assert.deepStrictEqual(XLSX.utils.sheet_to_json(read('other.ods')),
  [{ 姓名: '张三', 票数: 61 }, { 姓名: '李四', 票数: 45 }]);
console.log('as on 2026-11-29: what is not text is not there');
JS
node read.js
