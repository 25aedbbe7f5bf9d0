#!/usr/bin/env bash
# FlexSearch finds class 软件11班 by 软件1班, 1000 by 10, 王莹莹 by 王莹 and 第11条 by 第1条, and the other way about: they are equal.
#
# In order to find words that are spelt otherwise FlexSearch takes letters that stand twice for one, which its documents show with
# "missing". It does so with every character, in a text and in what is looked for: figures and Chinese characters too. Since 0.8
# that is on unless another encoder is chosen. So the numbers 20240011 and 2024001 are one, so are 10, 100 and 1000, and rooms 3-1
# and 3-11; 李丽 and 李丽丽 are one name. It is no search for beginnings: 软件12班 is not found by 软件1班, so that the list one
# gets looks exact. With encoder: Charset.Exact each is found by itself alone, and so it was in 0.7.43. MiniSearch, run beside it,
# finds the one that was asked for.
#
# Guessed before: figures are found whole or by their beginnings.
# Seen with flexsearch 0.8.212 and 0.7.43, minisearch 7.2.0 (npm), Node 20, run on 2026-11-30.
# Who is hurt: whoever looks for a class and marks everybody on the list, for article 1 or for room 3-1; and 王莹, whose record
# is found with 王莹莹's.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund flexsearch@0.8.212 before@npm:flexsearch@0.7.43 minisearch@7.2.0 >/dev/null

cat >find.cjs <<'JS'
const assert = require('assert');
const { Index, Charset } = require('flexsearch');
const Before = require('before');
const MiniSearch = require('minisearch');

const texts = ['软件1班', '软件11班', '软件12班', '第1条', '第11条', '李丽', '李丽丽', '教室 3-1', '教室 3-11', '学号 2024001',
  '学号 20240011', '10 票', '100 票', '1000 票'];
const filled = index => {
  texts.forEach((text, at) => index.add(at, text));
  return words => index.search(words).map(at => texts[at]);
};
const mini = new MiniSearch({ fields: ['text'] });
mini.addAll(texts.map((text, id) => ({ id, text })));
const others = {
  exact: filled(new Index({ encoder: Charset.Exact })),
  before: filled(new Before.Index()),
  minisearch: words => mini.search(words, { combineWith: 'AND' }).map(({ id }) => texts[id]),
};
const find = filled(new Index());
for (const [words, ...found] of [
  ['软件1班', '软件1班', '软件11班'], ['软件11班', '软件1班', '软件11班'], ['软件12班', '软件12班'], ['第1条', '第1条', '第11条'],
  ['李丽', '李丽', '李丽丽'], ['李丽丽', '李丽', '李丽丽'], ['教室 3-1', '教室 3-1', '教室 3-11'],
  ['2024001', '学号 2024001', '学号 20240011'], ['20240011', '学号 2024001', '学号 20240011'],
  ['10', '10 票', '100 票', '1000 票'], ['100', '10 票', '100 票', '1000 票'],
]) {
  const seen = find(words);
  console.log(words, '->', seen.join(' '));
  assert.deepStrictEqual([...seen].sort(), [...found].sort());
  for (const [name, other] of Object.entries(others)) {
    const right = other(words);
    assert.deepStrictEqual(right, texts.filter(text => [words, `学号 ${words}`, `${words} 票`].includes(text)), `${name} ${words} ${right}`);
  }
}
JS
node find.cjs
echo "as on 2026-11-30: what stands twice stands once"
