#!/usr/bin/env bash
# pinyin-pro, told to read surnames as such, calls 李海燕 Li Haiyan with the wrong yan, 李乐 Li Yue, and 召开 shào kāi.
#
# mode: 'surname' gives 单, 解, 曾 and 区 the sound they have as surnames. It gives it to them wherever they stand, in given names and
# in plain words: 李乐 is yuè, 李燕 yān, 李建宁 nìng, 李解放 xiè fàng; 召开会议 is shào kāi, 区长 ōu cháng, 查处 zhā chù, 单位 shàn wèi.
# There is surname: 'head', which reads one surname at the very beginning: right for a name alone, but of 单雄、解明 the second is
# jiě, and 主席单雄 is dān. Without either 李乐 and 召开 are right and 单雄 is wrong. So no mode reads a line in which there are a
# name and something else. Lists sorted or searched by initials have 李乐 under LY.
#
# Guessed before: a surname is looked for where a name can begin, and the words of the dictionary, 召开, go before it.
# Seen with pinyin-pro 3.29.4 (npm), Node 20, run on 2026-11-29.
# Who is hurt: all whose given name has 乐, whose badge says LI YUE and who are not found by the initials they type; 燕 and 宁
# where the tones are printed above a name that somebody is to read aloud.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund pinyin-pro@3.29.4 >/dev/null

cat >sound.mjs <<'JS'
import assert from 'assert';
import { pinyin } from 'pinyin-pro';

for (const [text, surname, head, plain] of [
  ['单雄', 'shàn xióng', 'shàn xióng', 'dān xióng'],
  ['李乐', 'lǐ yuè', 'lǐ lè', 'lǐ lè'],
  ['李海燕', 'lǐ hǎi yān', 'lǐ hǎi yàn', 'lǐ hǎi yàn'],
  ['李建宁', 'lǐ jiàn nìng', 'lǐ jiàn níng', 'lǐ jiàn níng'],
  ['李解放', 'lǐ xiè fàng', 'lǐ jiě fàng', 'lǐ jiě fàng'],
  ['召开', 'shào kāi', 'shào kāi', 'zhào kāi'],
  ['主席召开会议', 'zhǔ xí shào kāi huì yì', 'zhǔ xí zhào kāi huì yì', 'zhǔ xí zhào kāi huì yì'],
  ['主席单雄', 'zhǔ xí shàn xióng', 'zhǔ xí dān xióng', 'zhǔ xí dān xióng'],
  ['单雄、解明', 'shàn xióng 、 xiè míng', 'shàn xióng 、 jiě míng', 'dān xióng 、 jiě míng'],
]) {
  const found = [pinyin(text, { mode: 'surname' }), pinyin(text, { surname: 'head' }), pinyin(text)];
  console.log(text, found);
  assert.deepStrictEqual(found, [surname, head, plain]);
}
assert.strictEqual(pinyin('李乐', { mode: 'surname', pattern: 'first' }), 'l y');
for (const [word, sound] of [['区长', 'ōu cháng'], ['查处', 'zhā chù'], ['单位', 'shàn wèi']]) {
  const found = pinyin(word, { mode: 'surname' });
  console.log(word, found);
  assert.strictEqual(found, sound);
}
console.log('as on 2026-11-29: every 乐 is a surname');
JS
node sound.mjs
