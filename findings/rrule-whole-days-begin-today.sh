#!/usr/bin/env bash
# rrule begins a series of whole days on the day on which it is run: DTSTART;VALUE=DATE:20260907 is not read.
#
# DTSTART;VALUE=DATE:… is how RFC 5545 writes a day without an hour. rrulestr and RRule.fromString know TZID there and nothing
# else; with VALUE=DATE, or VALUE=DATE-TIME before a time, the line is passed over, and a rule without a beginning begins now,
# to the minute. Three Mondays from 7 September are three other days, the first of them today; with UNTIL in the past the
# series is empty. EXDATE;VALUE=DATE and RDATE;VALUE=DATE are read, each for the day that it says. DTSTART:20260907 and
# DTSTART;TZID=… are right.
#
# Guessed before: whole days are midnights, local or UTC.
# Seen with rrule 2.8.1 (npm), Node 20, run on 2026-11-29.
# Who is hurt: who is on duty by whole days, and the deadlines that come back each month: on the page they begin whenever one
# looks, so that the next one is always today.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund rrule@2.8.1 >/dev/null

cat >days.js <<'JS'
const assert = require('assert');
const { RRule, rrulestr } = require('rrule');
const days = (lines, read = rrulestr) => read(lines.join('\n')).all().map(date => date.toISOString().slice(0, 16));
const rule = 'RRULE:FREQ=WEEKLY;COUNT=3';
const right = ['2026-09-07T00:00', '2026-09-14T00:00', '2026-09-21T00:00'];
const isNow = text => Math.abs(new Date(text + 'Z') - Date.now()) < 10 * 60 * 1000;

for (const [start, read] of [['DTSTART;VALUE=DATE:20260907', rrulestr], ['DTSTART;VALUE=DATE:20260907', RRule.fromString],
  ['DTSTART;VALUE=DATE-TIME:20260907T070000', rrulestr]]) {
  const found = days([start, rule], read);
  console.log(start, '->', ...found);
  assert.ok(found.length === 3 && isNow(found[0]), found);
}
assert.deepStrictEqual(days(['DTSTART:20260907', rule]), right);
const shanghai = days(['DTSTART;TZID=Asia/Shanghai:20260907T070000', rule]);
assert.strictEqual(shanghai.length, 3);
assert.ok(!shanghai.some(isNow));

assert.deepStrictEqual(days(['DTSTART;VALUE=DATE:20260907', 'RRULE:FREQ=WEEKLY;UNTIL=20260928']), []);
assert.deepStrictEqual(days(['DTSTART:20260907', 'RRULE:FREQ=WEEKLY;UNTIL=20260928']), [...right, '2026-09-28T00:00']);

const more = days(['DTSTART;VALUE=DATE:20260907', rule, 'RDATE;VALUE=DATE:20260916']);
assert.ok(more.length === 4 && more[0] === '2026-09-16T00:00' && isNow(more[1]), more);
assert.deepStrictEqual(days(['DTSTART:20260907', rule, 'EXDATE;VALUE=DATE:20260914']), [right[0], right[2]]);
console.log('as on 2026-11-29: whole days begin when one looks');
JS
TZ=Asia/Shanghai node days.js
