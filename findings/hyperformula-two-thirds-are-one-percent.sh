#!/usr/bin/env bash
# HyperFormula: TEXT(30/45,"0%") is "1%", TEXT(45/45,"0%") too, and a motion with two thirds has "0.67%" by "0.00%".
#
# A sheet's formulas, computed in the page or on the server by HyperFormula, are right to the last digit, and so are most
# texts made from them: "第0名", "0票", "000", "yyyy-mm-dd" and "m月d日" come out as in Excel. But % in the format of TEXT is a
# letter to it: the number is not multiplied by a hundred, only rounded to the places and followed by the sign. So with
# thousands: "#,##0" of 1234.5 is "1235,##0", and "0;(0)" of -3 is "-3;(0)". No error value; an unknown word in a formula
# gives one. What is wrong looks like a share all the same: 66.7% is "0.7%".
#
# Guessed before: TEXT follows Excel, and 0.285 by "0.0%" is 28.5% or 28.4%.
# Seen with hyperformula 3.5.0 (npm), Node 20, run on 2026-11-28.
# Who is hurt: a count whose sheet says ="赞成率"&TEXT(B2/B3,"0.0%"): in Excel 66.7%, on the page that shows the same sheet
# 0.7%, and by "0%" a bare majority, two thirds and all are "1%" alike.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund hyperformula@3.5.0 >/dev/null

cat >shares.js <<'JS'
const assert = require('assert');
const { HyperFormula } = require('hyperformula');

const expected = {
  '=ROUND(30/45,3)': 0.667, '=TEXT(12,"第0名")': '第12名', '=TEXT(30,"0票")': '30票', '=TEXT(46354,"yyyy-mm-dd")': '2026-11-28',
  '=TEXT(23/45,"0%")': '1%', '=TEXT(30/45,"0%")': '1%', '=TEXT(45/45,"0%")': '1%',
  '="赞成率"&TEXT(30/45,"0.0%")': '赞成率0.7%', '=TEXT(30/45,"0.00%")': '0.67%',
  '=TEXT(1234.5,"#,##0")': '1235,##0', '=TEXT(1234.5,"#,##0.00")': '1235,##0.00', '=TEXT(-3,"0;(0)")': '-3;(0)',
};
const formulas = Object.keys(expected);
const sheet = HyperFormula.buildFromArray(formulas.map(formula => [formula]), { licenseKey: 'gpl-v3' });
console.log('hyperformula', HyperFormula.version);
formulas.forEach((formula, row) => {
  const value = sheet.getCellValue({ sheet: 0, row, col: 0 });
  console.log(formula, '->', value);
  assert.strictEqual(value, expected[formula]);
});
console.log('as on 2026-11-28: two thirds are 1%, and so are all');
JS
node shares.js
