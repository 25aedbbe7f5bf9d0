#!/usr/bin/env bash
# chrono-node reads 这周日 as the Sunday that is over and 下周日 as this week's; 今晚12点 is noon.
#
# In China a week begins on Monday, so on Wednesday 2 December 这周日 is the 6th and 下周日 the 13th. The Chinese parser
# counts within a week that begins on Sunday: 这周一 to 这周六 and 下周一 to 下周六 are right, but each Sunday is a week early,
# 29 November, which is over, and the 6th. With forwardDate, the option against days that are over, 这周日 is the 6th, and
# 下周日 the very same day. And 12 o'clock at night is taken for 12 o'clock: 今晚12点 and 周五晚上12点 are noon, 晚上10点到12点 ends
# at noon, 14 hours after it began, while 今晚11点 is 23:00. 24点 is nothing at all.
#
# Guessed before: noon for 今晚12点. The Sundays were not guessed.
# Seen with chrono-node 2.10.3 (npm), Node 20, TZ Asia/Shanghai, run on 2026-11-28.
# Who is hurt: candidates whose deadline a page takes from the notice: 下周日 closes a week early, 这周日 has closed before
# the notice was up, and 今晚12点 closes at noon, twelve hours before the night is over.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund chrono-node@2.10.3 >/dev/null

cat >read.mjs <<'JS'
import assert from 'node:assert';
import { zh } from 'chrono-node';

const said = new Date(2026, 11, 2, 10, 0); // a Wednesday
const local = date => [date.getMonth() + 1, date.getDate()].join('-') + ' ' + [date.getHours(), date.getMinutes()]
  .map(n => String(n).padStart(2, '0')).join(':');
const read = (text, option) => {
  const [found] = zh.hans.parse(text, said, option);
  return found ? local(found.start.date()) + (found.end ? ` to ${local(found.end.date())}` : '') : 'nothing';
};
const expected = {
  这周一: '11-30 12:00', 这周六: '12-5 12:00', 下周一: '12-7 12:00', 下周六: '12-12 12:00', // right
  这周日: '11-29 12:00', 下周日: '12-6 12:00', 下星期日: '12-6 12:00', 周日: '11-29 12:00', // a week early
  下周日下午5点: '12-6 17:00',
  今晚11点: '12-2 23:00', 今晚8点: '12-2 20:00', // right
  今晚12点: '12-2 12:00', 周五晚上12点: '12-4 12:00', 晚上10点到12点: '12-2 22:00 to 12-3 12:00', // noon
  今天24点: 'nothing',
};
for (const [text, moment] of Object.entries(expected)) {
  const got = read(text);
  console.log(text, '->', got);
  assert.strictEqual(got, moment, text);
}
assert.strictEqual(read('这周日', { forwardDate: true }), '12-6 12:00'); // as it should be, and so
assert.strictEqual(read('下周日', { forwardDate: true }), '12-6 12:00'); // is next Sunday
console.log('as on 2026-11-28: next Sunday is this Sunday, midnight is noon');
JS
TZ=Asia/Shanghai node read.mjs
