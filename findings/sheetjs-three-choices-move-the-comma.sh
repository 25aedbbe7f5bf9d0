#!/usr/bin/env bash
# SheetJS reads the ballots of a CSV, "1,3;5;7", as 13, 5, 7, since there are more semicolons than commas.
#
# Ballot 1 chose 3, 5 and 7; with three choices to a row SheetJS takes ";" for the separator of the whole file, because
# it occurs most often in the first 1,024 characters. What is left of the comma is then one of thousands: ballot 1 and
# choice 3 are candidate 13, ballot 2 and choice 3 candidate 23, as numbers. With two choices to a row commas and semicolons
# are equal, the comma wins and all is right, and so it is when the first 1,024 characters are of people who abstained:
# the same rows in another order. "|" between the choices does the same. csv.Sniffer, DuckDB and PapaParse, which guess
# too, say comma for all of these (PapaParse in files of ten lines or more). No warning; FS: "," is the remedy for the
# comma, though 3;5;7 is then 5 March 2007.
#
# Guessed before: SheetJS takes .csv at its word.
# Seen with xlsx (SheetJS) 0.18.5, papaparse 5.7.1 (npm), duckdb 2.0.1 (PyPI), Python 3.11, Node 20, TZ Asia/Shanghai,
# run on 2026-11-28.
# Who is hurt: a poll with up to three choices that is brought in from a form's CSV: each first choice is a vote for
# another candidate, while the second and third are counted rightly, so the sums look like sums.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q duckdb==2.0.1
npm init -y >/dev/null
npm install --silent --no-audit --no-fund xlsx@0.18.5 papaparse@5.7.1 >/dev/null

cat >make.py <<'PY'
def ballots(file, rows):
    with open(file, "w", encoding="utf-8") as out:
        out.write("票号,选票\n" + "".join(f"{number},{choices}\n" for number, choices in rows))

ballots("three.csv", [(number, "3;5;7") for number in range(1, 31)])
ballots("bars.csv", [(number, "3|5|7") for number in range(1, 31)])
ballots("two.csv", [(number, "3;5") for number in range(1, 31)])
chose = [(number, "3;5;7;9") for number in range(1, 201)]
none = [(number, "") for number in range(201, 501)]
ballots("chose first.csv", chose + none)
ballots("abstained first.csv", none + chose)
PY
v/bin/python make.py

cat >read.js <<'JS'
const assert = require('assert');
const fs = require('fs');
const Papa = require('papaparse');
const XLSX = require('xlsx');

const sheet = (file, options) => XLSX.utils.sheet_to_json(
  XLSX.read(fs.readFileSync(file, 'utf8'), { type: 'string', ...options }).Sheets.Sheet1, { header: 1 });
const expected = {
  'three.csv': [['票号,选票'], [13, 5, 7], [23, 5, 7], [33, 5, 7]],
  'bars.csv': [['票号,选票'], [13, 5, 7], [23, 5, 7], [33, 5, 7]],
  'two.csv': [['票号', '选票'], [1, '3;5'], [2, '3;5'], [3, '3;5']],
};
for (const [file, rows] of Object.entries(expected)) {
  const seen = sheet(file).slice(0, 4);
  console.log(file, JSON.stringify(seen));
  assert.deepStrictEqual(seen, rows);
}
const first = sheet('chose first.csv');
const last = sheet('abstained first.csv');
console.log('ballot 200:', first[200], 'or, abstentions first,', last[500]);
assert.deepStrictEqual(first[200], [2003, 5, 7, 9]);
assert.deepStrictEqual(last[500], [200, '3;5;7;9']);
assert.deepStrictEqual(sheet('three.csv', { FS: ',', cellDates: true })[1][1].getFullYear(), 2007);
for (const file of ['three.csv', 'bars.csv', 'two.csv', 'chose first.csv', 'abstained first.csv']) {
  assert.strictEqual(Papa.parse(fs.readFileSync(file, 'utf8')).meta.delimiter, ',', file);
}
JS
TZ=Asia/Shanghai node read.js

v/bin/python - <<'PY'
import csv, duckdb
for file in ("three.csv", "bars.csv", "two.csv", "chose first.csv", "abstained first.csv"):
    assert duckdb.read_csv(file).columns == ["票号", "选票"], file
for file in ("three.csv", "bars.csv", "two.csv"):
    assert csv.Sniffer().sniff(open(file, encoding="utf-8").read()).delimiter == ",", file
print("as on 2026-11-28: with three choices the first is joined to the number of the ballot")
PY
