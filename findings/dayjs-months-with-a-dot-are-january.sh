#!/usr/bin/env bash
# dayjs("2005.10") is 1 January 2005, and so is dayjs("2005.06"): a month after a dot is taken for milliseconds.
#
# Chinese forms ask for 出生年月, 入团年月 and 任职年月, and people write 2005.10. dayjs has one pattern for dates, in which "-"
# or "/" or nothing may stand before the month, and "." before the last figures only, those after the second: 2005.10
# matches as the year 2005 and ten milliseconds. isValid() is true, and every month is January, which sorts and
# subtracts like any other. 2005-10, 2005/10, 200510 are October, and so is the whole date 2005.10.08, which the pattern
# does not match and the engine reads; new Date("2005.10") is October as well. A format, dayjs("2005.10", "YYYY.MM"), is
# no help: it is ignored without the plugin customParseFormat, and with it all is right.
#
# Guessed before: it hands what is not ISO 8601 to Date, which reads it as October.
# Seen with dayjs 1.11.23 (npm), Node 20, TZ Asia/Shanghai, run on 2026-11-28.
# Who is hurt: members born or admitted late in a year: at 2026.10, one born in 2012.11 is 14 and may join the League
# too early; a term 2025.09-2026.06 has eleven months, 2025.06-2026.09 twelve, instead of nine and fifteen.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund dayjs@1.11.23 >/dev/null

cat >months.js <<'JS'
const assert = require('assert');
const dayjs = require('dayjs');

for (let month = 1; month <= 12; month++) {
  for (const text of [`2005.${month}`, `2005.${String(month).padStart(2, '0')}`]) {
    const day = dayjs(text);
    assert.ok(day.isValid());
    assert.strictEqual(day.format('YYYY-MM-DD'), '2005-01-01', text);
    assert.strictEqual(dayjs(text, 'YYYY.MM').format('YYYY-MM-DD'), '2005-01-01', text);
    assert.strictEqual(new Date(text).getMonth(), month - 1, text);
  }
}
for (const text of ['2005.10', '2005.06', '2005-10', '2005/10', '200510', '2005.10.08', '2005.6.8']) {
  console.log(text, '->', dayjs(text).format('YYYY-MM-DD HH:mm:ss.SSS'));
}
for (const text of ['2005-10', '2005/10', '200510', '2005.10.08']) assert.strictEqual(dayjs(text).month(), 9, text);
assert.strictEqual(dayjs('2026-10-15').diff(dayjs('2012.11'), 'year'), 14);
assert.strictEqual(dayjs('2026-10-15').diff(dayjs('2012-11'), 'year'), 13);
assert.strictEqual(dayjs('2026.06').diff(dayjs('2025.09'), 'month'), 11);
assert.strictEqual(dayjs('2026.09').diff(dayjs('2025.06'), 'month'), 12);
dayjs.extend(require('dayjs/plugin/customParseFormat'));
assert.strictEqual(dayjs('2005.10', 'YYYY.MM').format('YYYY-MM-DD'), '2005-10-01');
console.log('as on 2026-11-28: each month after a dot is January');
JS
TZ=Asia/Shanghai node months.js
