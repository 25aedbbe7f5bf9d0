#!/usr/bin/env bash
# Formula.js: COUNTIF(names,"张*") is 0; TEXT(date,"yyyy年m月d日") is 46266; who turns 21 tomorrow is 21 in DATEDIF.
#
# In Excel * and ? in a condition stand for anything. COUNTIF, COUNTIFS, SUMIF and SUMIFS of Formula.js compare with the
# text "张*" and give 0, which is a number like any other; MATCH and SEARCH of the same package know the signs.
# TEXT knows 0.0% and #,##0.00, and hands out the plain number for other formats: no date, no leading zeros for a student
# number ("0000000000"), no 第3名 ("第0名"). And DATEDIF(birth,today,"Y") counts in months of thirty days, so that on the 31st
# those born on the 1st of the next month, and on the 30th those born on a 31st, are a year older a day early; "M" counts
# rightly, so that one is 21 years and 251 months old, which is 20 years and 11 months. On 31 December people born on 1
# January of the year 2005 are 22 in 2026.
#
# Guessed before: dates are off by time zones; conditions and TEXT either work or give #VALUE!.
# Seen with @formulajs/formulajs 4.6.1 (npm), Node 20, run on 2026-11-29.
# Who is hurt: a college whose part of the votes is counted by "计算机*": it has none; and a student born on 1 September, the
# day from which schools count, who is over the limit of age in the election of 31 August.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @formulajs/formulajs@4.6.1 >/dev/null

cat >count.js <<'JS'
const assert = require('assert');
const { COUNTIF, COUNTIFS, SUMIF, SUMIFS, MATCH, SEARCH, TEXT, DATEDIF } = require('@formulajs/formulajs');

const names = ['张三', '李四', '张三丰'];
const votes = [5, 7, 9];
const counted = {
  'COUNTIF 张*': COUNTIF(names, '张*'),
  'COUNTIF 张?': COUNTIF(names, '张?'),
  'COUNTIFS 张*': COUNTIFS(names, '张*'),
  'SUMIF 张*': SUMIF(names, '张*', votes),
  'SUMIFS 张*': SUMIFS(votes, names, '张*'),
};
console.log(counted);
assert.deepStrictEqual(Object.values(counted), [0, 0, 0, 0, 0]);
assert.deepStrictEqual([COUNTIF(names, '张三'), SUMIF(names, '张三', votes), COUNTIF(votes, '>=7')], [1, 5, 2]);
assert.deepStrictEqual([MATCH('李*', names, 0), SEARCH('三', '张三')], [2, 2]);

const texts = [TEXT(46266, 'yyyy年m月d日'), TEXT(46266, 'yyyy-mm-dd'), TEXT(20240001, '0000000000'), TEXT(3, '第0名')];
console.log('TEXT', texts);
assert.deepStrictEqual(texts, ['46266', '46266', '20240001', '3']);
assert.deepStrictEqual([TEXT(0.285, '0.0%'), TEXT(1234.5, '#,##0.00')], ['28.5%', '1,234.50']);

const ages = [
  // birth, today, years by DATEDIF, months by DATEDIF, full years
  ['2005-09-01', '2026-08-31', 21, 251, 20],
  ['2005-01-31', '2026-01-30', 21, 251, 20],
  ['2005-01-01', '2026-12-31', 22, 263, 21],
  ['2005-09-02', '2026-09-01', 20, 251, 20],
  ['2005-09-01', '2026-09-01', 21, 252, 21],
];
for (const [birth, today, years, months, full] of ages) {
  const found = [DATEDIF(birth, today, 'Y'), DATEDIF(birth, today, 'M')];
  console.log(birth, today, '-> years', found[0], 'months', found[1]);
  assert.deepStrictEqual(found, [years, months]);
  assert.strictEqual(Math.floor(months / 12), full);
}
console.log('as on 2026-11-29: nobody is called 张, and the 31st makes people older');
JS
TZ=Asia/Shanghai node count.js
