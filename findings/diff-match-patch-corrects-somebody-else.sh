#!/usr/bin/env bash
# diff-match-patch: the patch "张三: 同意 becomes 反对", on a list from which 张三 was taken, changes 李四's vote and says true.
#
# patch_apply does not look for the changed lines but for a text that is like the patch, and half of it has to be like it. A patch
# knows a few characters about the change. In a Chinese list a line is short and the neighbours are like each other: 学院 同意,
# 票, the number in front. So where somebody else took the line away meanwhile, the next line is like enough, and what was
# meant for 张三 is done to it; the answer is [text, [true]]. With 乙 7 票 in the place of 甲 5 票 not even the votes need be
# equal: 乙 has 6. Where the line still stands, the patch goes to it. jsdiff's applyPatch, given the same three texts, answers false.
# With Match_Threshold at 0.3 instead of 0.5 the votes below are left alone; the office still goes to somebody else.
#
# Guessed before: the place may have moved, but where the line is gone the answer is false.
# Seen with diff-match-patch 1.0.5, diff 9.0.0 (npm), Node 20, run on 2026-11-29.
# Who is hurt: 李四, against whose name 反对 stands in minutes that two secretaries corrected at the same time; both programs
# say that all went well.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund diff-match-patch@1.0.5 diff@9.0.0 >/dev/null

cat >patch.js <<'JS'
const assert = require('assert');
const { applyPatch, createPatch } = require('diff');
const DiffMatchPatch = require('diff-match-patch');

const lines = (...all) => all.map(line => `${line}\n`).join('');
const roll = ['1. 张三 计算机学院 同意', '2. 李四 数学学院 同意', '3. 王五 物理学院 同意'];
for (const [before, corrected, meanwhile, expected] of [
  [roll, ['1. 张三 计算机学院 反对', roll[1], roll[2]], ['1. 李四 数学学院 同意', '2. 王五 物理学院 同意'],
    ['1. 李四 数学学院 反对', '2. 王五 物理学院 同意']],
  [roll, [roll[0], '2. 李四 数学学院 反对', roll[2]], [roll[0], '2. 王五 物理学院 同意'],
    ['1. 张三 计算机学院 反对', '2. 王五 物理学院 同意']],
  [['甲 5 票', '乙 7 票', '丙 5 票'], ['甲 6 票', '乙 7 票', '丙 5 票'], ['乙 7 票', '丙 5 票'], ['乙 6 票', '丙 5 票']],
  [['主席：张三', '副主席：李四', '秘书：王五'], ['主席：张三', '副主席：赵六', '秘书：王五'], ['主席：李四', '秘书：王五'],
    ['主席：赵六', '秘书：王五']],
]) {
  const patcher = new DiffMatchPatch();
  const patch = patcher.patch_make(lines(...before), lines(...corrected));
  const [found, done] = patcher.patch_apply(patch, lines(...meanwhile));
  console.log(JSON.stringify(found), done);
  assert.strictEqual(found, lines(...expected));
  assert.deepStrictEqual(done, [true]);
  assert.strictEqual(patcher.patch_apply(patch, lines(...before))[0], lines(...corrected));
  patcher.Match_Threshold = 0.3;
  assert.deepStrictEqual(patcher.patch_apply(patch, lines(...meanwhile))[1], [before[0].startsWith('主席')]);
  assert.strictEqual(applyPatch(lines(...meanwhile), createPatch('list', lines(...before), lines(...corrected))), false);
}
console.log('as on 2026-11-29: a correction finds somebody else');
JS
node patch.js
