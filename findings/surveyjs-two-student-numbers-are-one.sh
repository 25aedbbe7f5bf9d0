#!/usr/bin/env bash
# SurveyJS takes 0020240001 and 20240001 for the same number, and 2024E003 for 2024000; a mark left empty makes the mean 2,690.
#
# Conditions ({学号} = {再次输入}) compare answers, and two answers that Number() reads as one number are equal: zeros in front,
# 3.10 and 3.1, 2005.10 and 2005.1, and what has one E among its figures, an exponent to JavaScript. So "type it again" accepts
# another number, and a rule for 2024000 holds for 2024E003. A rule for '03' holds for the answer 3, and one for '3' does not for
# 03. And avg and sum, given an answer that is there and empty, add texts: of 80, "" and 70 the sum is "8070" and the mean 2690;
# min is nothing; {a}+{b}+{c} is 150. A question that a person leaves empty on the page has no answer and is passed over; ""
# comes in with data from a table or another form (survey.data), and counts as empty ({b} empty is true). No error.
#
# Guessed before: that zeros in front may not count; that an E is an exponent, and that avg joins texts, was not guessed.
# Seen with survey-core 3.1.1 (npm), Node 20, run on 2026-11-30.
# Who is hurt: who mistyped a student number twice in different ways, and the one whose number it is; and students whose mean
# of marks is filled in from the register, with one mark still missing.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund survey-core@3.1.1 >/dev/null

cat >survey.cjs <<'JS'
const assert = require('assert');
const { Model } = require('survey-core');

const again = new Model({ elements: [
  { type: 'text', name: 'number' },
  { type: 'text', name: 'again', validators: [{ type: 'expression', expression: '{number} = {again}' }] },
  { type: 'text', name: 'rule', visibleIf: "{number} = '2024000'" },
  { type: 'text', name: 'zero', visibleIf: "{number} = '03'" },
  { type: 'text', name: 'three', visibleIf: "{number} = '3'" },
] });
for (const [number, typed, accepted] of [
  ['20240001', '20240002', false], ['张三', '张四', false], ['1-2', '1-02', false],
  ['0020240001', '20240001', true], ['2024E003', '2024000', true], ['2024E003', '20240E02', true], ['3.10', '3.1', true],
  ['2005.10', '2005.1', true],
]) {
  again.data = { number, again: typed };
  const seen = again.getQuestionByName('again').validate();
  console.log(number, typed, seen ? 'the same' : 'different');
  assert.strictEqual(seen, accepted);
  assert.strictEqual(again.getQuestionByName('rule').isVisible, number === '2024E003');
}
again.data = { number: '2024000' };
assert.ok(again.getQuestionByName('rule').isVisible);
again.data = { number: '3' };
assert.ok(again.getQuestionByName('zero').isVisible);
again.data = { number: '03' };
assert.ok(!again.getQuestionByName('three').isVisible);

const marks = new Model({ elements: [
  ...'abc'.split('').map(name => ({ type: 'text', inputType: 'number', name })),
  { type: 'expression', name: 'mean', expression: 'avg({a}, {b}, {c})' },
  { type: 'expression', name: 'sum', expression: 'sum({a}, {b}, {c})' },
  { type: 'expression', name: 'plus', expression: '{a} + {b} + {c}' },
  { type: 'expression', name: 'least', expression: 'min({a}, {b}, {c})' },
  { type: 'expression', name: 'none', expression: '{b} empty' },
] });
for (const [data, mean, sum, plus, least, none] of [
  [{ a: 80, b: 90, c: 70 }, 80, 240, 240, 70, false],
  [{ a: 80, c: 70 }, 75, 150, 150, 70, true],
  [{ a: 80, b: '', c: 70 }, 2690, '8070', 150, '', true],
]) {
  marks.data = data;
  const seen = ['mean', 'sum', 'plus', 'least', 'none'].map(name => marks.getQuestionByName(name).value);
  console.log(data, seen);
  assert.deepStrictEqual(seen.map(value => value ?? ''), [mean, sum, plus, least, none]);
}
JS
node survey.cjs
echo "as on 2026-11-30: numbers are compared where texts were asked for, and texts are added where numbers were"
