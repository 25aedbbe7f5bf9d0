#!/usr/bin/env bash
# fast-formula-parser: ROUNDUP(45*2/3,0) is 31, ROUNDUP(0,0) is -1, and COUNTIF(…,">=60") counts 缺考 as passed.
#
# A number that needs no rounding is rounded up to the next one all the same, whole votes always, and decimals as the
# processor has them: ROUNDUP(12.5,1) is 12.6, ROUNDUP(66.6,1) 66.6. Real fractions are right (44*2/3 is 30), so is CEILING.
# COUNTIF puts text above every number, as B2>=60 in a cell does in Excel but COUNTIF never: 缺考 and 缓考 are >=60. And 王* or
# 王? is looked for anywhere in the cell: 李王 is a 王*, 王小明 a 王?. EDATE(31 January, one month) is 3 March, while EOMONTH knows
# February. A function that it lacks raises; these it has, and they give a number without a word.
#
# Guessed before: two thirds come out as 30 or, by the rounding of the processor, 31 for some numbers; not for each.
# Seen with fast-formula-parser 1.0.19 (npm), Node 20, run on 2026-11-28.
# Who is hurt: a motion with 30 of 45 votes, two thirds, is lost by one on the page that computes the sheet; a class whose
# list says 缺考 has passed as a whole.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund fast-formula-parser@1.0.19 >/dev/null

cat >sheet.js <<'JS'
const assert = require('assert');
const FormulaParser = require('fast-formula-parser');

const rows = [['王伟', 60], ['王小明', '缺考'], ['李王', 45], ['张三', 100], ['王', 0], ['赵六', '缓考']];
const parser = new FormulaParser({
  onCell: ({ row, col }) => rows[row - 1][col - 1],
  onRange: ({ from, to }) => rows.slice(from.row - 1, to.row).map(row => row.slice(from.col - 1, to.col)),
});
const value = formula => parser.parse(formula, { row: 9, col: 9, sheet: 'roll' });
const expected = {
  // formula: [here, in Excel]
  'ROUNDUP(45*2/3,0)': [31, 30],
  'ROUNDUP(90/2,0)': [46, 45],
  'ROUNDUP(0,0)': [-1, 0],
  'ROUNDUP(12.5,1)': [12.6, 12.5],
  'ROUNDUP(44*2/3,0)': [30, 30],
  'ROUNDUP(66.6,1)': [66.6, 66.6],
  'CEILING(45*2/3,1)': [30, 30],
  'ROUNDDOWN(30,0)': [30, 30],
  'COUNTIF(B1:B6,">=60")': [4, 2],
  'COUNTIF(B1:B6,"<60")': [2, 2],
  'COUNTIF(B1:B6,"<>60")': [5, 5],
  'COUNT(B1:B6)': [4, 4],
  'COUNTIF(A1:A6,"王*")': [4, 3],
  'COUNTIF(A1:A6,"王?")': [2, 1],
  'COUNTIF(A1:A6,"王")': [1, 1],
  'SUMIF(A1:A6,"王*",B1:B6)': [105, 60],
  'TEXT(EDATE(DATE(2026,1,31),1),"yyyy-mm-dd")': ['2026-03-03', '2026-02-28'],
  'TEXT(EOMONTH(DATE(2026,1,31),1),"yyyy-mm-dd")': ['2026-02-28', '2026-02-28'],
};
for (const [formula, [here, excel]] of Object.entries(expected)) {
  console.log(formula, '=', value(formula), here === excel ? '' : `(Excel: ${excel})`);
  assert.deepStrictEqual(value(formula), here, formula);
}
for (let votes = 1; votes <= 100; votes++) assert.strictEqual(value(`ROUNDUP(${votes},0)`), votes + 1);
console.log('as on 2026-11-28: each whole number is rounded up to the next');
JS
node sheet.js
