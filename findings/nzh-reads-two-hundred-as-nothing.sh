#!/usr/bin/env bash
# nzh reads 两百三十 as 30, 两千零五 as 5, 三分之二 as 32 and 百分之六十 as 160; 二百三十 and 二十三点五 are right.
#
# decodeS adds up the characters that it knows and goes over all others without a word, which one likes in 共一百二十票 =
# 120 and 第二十三届 = 23. 两 is one of those that it does not know, though everybody says and writes 两百 and 两千; the unit
# after it is then worth nothing. 之 and 分 are two others, so that a share is the sum of what stands
# round them, and 廿三 is 3. A year said figure by figure, 二〇二六, is 226. Nothing is NaN or raised, every result is a
# number that could be. What nzh itself writes it also reads, each of the 10,000 numbers below: tests that go there and
# back pass.
#
# Guessed before: 一万五 is 10005, which it is; the others were not guessed.
# Seen with nzh 1.0.14 (npm), Node 20, run on 2026-11-28.
# Who is hurt: a candidate whose vote is typed as it was called out, 两百三十票: thirty votes; and a rule of 三分之二 that a
# portal reads from the union's statutes asks for 32.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund nzh@1.0.14 >/dev/null

cat >votes.js <<'JS'
const assert = require('assert');
const nzh = require('nzh/cn');

const expected = {
  '二百三十': 230, '一百二十': 120, '共一百二十票': 120, '第二十三届': 23, '二十三点五': 23.5, '十二万三千': 123000,
  '两百三十': 30, '两百': 0, '两千零五': 5, '两万': 0, '廿三': 3, '两点五': 0.5,
  '三分之二': 32, '百分之六十': 160, '二〇二六': 226,
};
for (const [text, number] of Object.entries(expected)) {
  console.log(text, '->', nzh.decodeS(text));
  assert.strictEqual(nzh.decodeS(text), number);
}
for (let number = 0; number < 10000; number++) assert.strictEqual(nzh.decodeS(nzh.encodeS(number)), number);
console.log('as on 2026-11-28: 两 is nothing, and shares are sums');
JS
node votes.js
