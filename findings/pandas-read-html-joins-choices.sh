#!/usr/bin/env bash
# pandas.read_html makes one number of several choices, "1,3" becomes 13, and converters=str keeps zeros but not the
# comma.
#
# The ".xls" of teaching administration and form systems is often a web page, so people read it with read_html. Its
# separator of thousands is "," unless told otherwise, and is taken out between any digits, three of them or not: the
# choices 1,3 are 13, which is also what candidate 13 alone is. Who knows that zeros get lost passes converters={...:
# str} and finds 0020240001 whole, but the converter is handed the text WITHOUT its commas: the choices are "13" all the
# same, now as text. Only thousands=None keeps them. SheetJS makes 13 of them on the same page, and of 3,1,2 a day in
# 2002.
#
# Seen with pandas 3.1.1, lxml 6.1.3, xlsx (SheetJS) 0.18.5 from npm, Node 20, run on 2026-11-28.
# Who is hurt: whoever counts a poll with up to three choices from the form system's export: each ballot with several
# choices is a vote for one candidate of a high number, or for nobody.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q pandas==3.1.1 lxml==6.1.3
npm init -y >/dev/null
npm install --silent --no-audit --no-fund xlsx@0.18.5 >/dev/null

cat >export.xls <<'HTML'
<html><head><meta charset="utf-8"></head><body><table>
<tr><th>学号</th><th>选择</th></tr>
<tr><td>0020240001</td><td>1,3</td></tr>
<tr><td>0020240002</td><td>2,13</td></tr>
<tr><td>0020240003</td><td>3,1,2</td></tr>
<tr><td>0020240004</td><td>13</td></tr>
</table></body></html>
HTML

v/bin/python - <<'PY'
import pandas

text = {"学号": str, "选择": str}
for how, numbers, choices in [
    ({}, [20240001, 20240002, 20240003, 20240004], [13, 213, 312, 13]),
    ({"converters": text}, ["0020240001", "0020240002", "0020240003", "0020240004"], ["13", "213", "312", "13"]),
    ({"converters": text, "thousands": None}, ["0020240001", "0020240002", "0020240003", "0020240004"],
     ["1,3", "2,13", "3,1,2", "13"]),
]:
    table = pandas.read_html("export.xls", **how)[0]
    print(how, table.values.tolist())
    assert table["学号"].tolist() == numbers, table
    assert table["选择"].tolist() == choices, table
PY
node - <<'JS'
const assert = require('assert');
const XLSX = require('xlsx');
const book = XLSX.readFile('export.xls');
const rows = XLSX.utils.sheet_to_json(book.Sheets[book.SheetNames[0]], { header: 1 }).slice(1);
const choices = rows.map(row => Math.floor(row[1]));
console.log('SheetJS', JSON.stringify(rows), XLSX.SSF.format('yyyy-mm-dd', choices[2]));
assert.deepStrictEqual(choices, [13, 213, 37316, 13]);
assert.strictEqual(XLSX.SSF.format('yyyy-mm-dd', choices[2]), '2002-03-01');
console.log('as on 2026-11-28: the choices 1,3 are 13, as text and as a number');
JS
