#!/usr/bin/env bash
# cnchar.sortStroke puts 王一 before 于丹 and 丁磊磊 behind 欧阳修: it adds up the strokes of the whole name.
#
# 以姓氏笔画为序, the usual order of Chinese candidates, goes by the strokes of the surname, and by the next character only
# where surnames are equal: 丁 2, 于 3, 王 4. sortStroke compares sums: 丁磊磊 has 32 and stands near the end, and who
# has one character in the given name is before nearly all who have two. sortSpell, its neighbour for pinyin, compares
# character by character, as does compareSpell. And of a character that it has no strokes for, 骉 or 𬀩, stroke gives
# 0 without a word, so 王骉 is before 王一.
#
# Guessed before: it goes by the first character, and leaves the order of equal ones open.
# Seen with cnchar 3.2.6 (npm), Node 20, run on 2026-11-29.
# Who is hurt: candidates with three characters in their names, on ballots that say 以姓氏笔画为序: the order looks
# as if it had been made by hand, and for somebody.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund cnchar@3.2.6 >/dev/null

cat >sort.js <<'JS'
const assert = require('assert');
const cnchar = require('cnchar');
const names = ['丁磊磊', '于丹', '王一', '石磊', '司马光', '欧阳修', '魏巍'];
const sorted = cnchar.sortStroke([...names]);
console.log('surnames', names.map(name => name[0] + cnchar.stroke(name[0])).join(' '));
console.log('sorted  ', sorted.map(name => name + cnchar.stroke(name)).join(' '));
assert.deepStrictEqual(names.slice(0, 3).map(name => cnchar.stroke(name[0])), [2, 3, 4]);
assert.deepStrictEqual(sorted, ['王一', '于丹', '司马光', '石磊', '欧阳修', '丁磊磊', '魏巍']);
const sums = sorted.map(name => cnchar.stroke(name));
assert.deepStrictEqual(sums, [5, 7, 14, 20, 23, 32, 37]);
assert.deepStrictEqual(sums, [...sums].sort((a, b) => a - b));
assert.deepStrictEqual(cnchar.sortSpell(['王一', '丁磊磊', '李四']), ['丁磊磊', '李四', '王一']);
for (const rare of ['骉', '𬀩']) assert.strictEqual(cnchar.stroke('王' + rare), cnchar.stroke('王'));
assert.strictEqual(cnchar.sortStroke(['王一', '王骉'])[0], '王骉');
console.log('as on 2026-11-29: by strokes of all characters');
JS
node sort.js
