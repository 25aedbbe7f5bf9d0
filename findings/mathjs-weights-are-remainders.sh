#!/usr/bin/env bash
# mathjs: 80*40%+90*60%, the mark by weights, is 30 and not 86: a % before a plus is what is left over from a division.
#
# mathjs has both meanings of %: per cent, and the remainder of a division. Since version 15 it takes the second wherever
# a term can follow, and "+90" is a term: 80*40 % (+90) is 50, times 60% is 30. Blanks round the plus change nothing. So
# 85*20%+92*70%+78*10% is 3.8, 90*20%+5 is 0, the check 20%+70%+10% is 0, and 100%-30% is -0.2. The last weight of a sum
# is read as per cent, so is 40%*80+60%*90, and a formula of one weight, 90*60%, and with each product in brackets all
# is right. No error: marks are between 0 and 60. mathjs 13 gave 86; 14 gave 1760 (+90*60% was
# 5400% more), a number that one sees; HyperFormula has 86, as Excel has. mathjs knows the sum of two shares (issue 3563).
#
# Guessed before: 60%+5% may be 63%, which pocket calculators do; that 80*40%+90*60% is wrong was not guessed.
# Seen with mathjs 15.2.0, 14.9.1 and 13.2.3, hyperformula 3.5.0 (npm), Node 20, run on 2026-11-29.
# Who is hurt: students whose 综合测评 is computed by the formula that the office types, 德育*20%+智育*70%+体育*10%: who has
# 90 in all three has 0, and the places on the list go by remainders.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund mathjs@15.2.0 older@npm:mathjs@13.2.3 middle@npm:mathjs@14.9.1 hyperformula@3.5.0 >/dev/null

cat >weights.js <<'JS'
const assert = require('assert');
const now = require('mathjs');
const middle = require('middle');
const older = require('older');
const { HyperFormula } = require('hyperformula');
const sheet = formula => HyperFormula.buildFromArray([['=' + formula]], { licenseKey: 'gpl-v3' }).getSheetValues(0)[0][0];
const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);
const expected = [
  ['80*40%+90*60%', 30, 86, 86],
  ['80*40% + 90*60%', 30, 86, 86],
  ['85*20%+92*70%+78*10%', 3.8, 89.2, 89.2],
  ['90*20%+90*70%+90*10%', 0, 90, 90],
  ['90*20%+5', 0, 23, 23],
  ['20%+70%+10%', 0, 0.374, 1],
  ['100%-30%', -0.2, 0.7, 0.7],
  ['40%*80+60%*90', 86, 86, 86],
  ['(80*40%)+(90*60%)', 86, 86, 86],
  ['90*60%', 54, 54, 54],
];
for (const [formula, present, past, right] of expected) {
  const found = [now.evaluate(formula), older.evaluate(formula), sheet(formula)];
  console.log(formula.padEnd(22), 'mathjs 15', found[0], ' 13', found[1], ' HyperFormula', found[2]);
  [present, past, right].forEach((value, place) => near(found[place], value));
}
near(middle.evaluate('80*40%+90*60%'), 1760);
const read = now.parse('80*40%+90*60%').toString({ parenthesis: 'all' });
console.log('read as', read);
assert.strictEqual(read, '((80 * 40) % (+90)) * (60 / 100)');
const marks = [60, 65, 70, 75, 80, 85, 90, 95, 100];
const all = marks.flatMap(a => marks.map(b => now.evaluate(`${a}*40%+${b}*60%`)));
console.log('of', all.length, 'pairs of marks the highest result is', Math.max(...all));
assert.ok(Math.max(...all) < 60 && Math.min(...all) >= 0);
console.log('as on 2026-11-29: weights are remainders');
JS
node weights.js
