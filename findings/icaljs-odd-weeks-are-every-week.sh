#!/usr/bin/env bash
# ical.js holds "each year, Mondays of weeks 37, 39 and 41" every week, but not on the first day; on and on to the winter.
#
# Universities count in weeks: a course is in 第1、3、5周. RFC 5545 says that with BYWEEKNO and a day of the week. In ical.js the
# Mondays then come weekly, from the second on: week 38 is held, and with COUNT=6 all is over before the next year.
# "The 20th Monday of the year" (BYDAY=20MO) is the right day, and then the Monday after, instead of the next year's. "The
# last working day of the year" (BYSETPOS=-1) is 31 December, 1 January and 4 January, and "the last of Monday, Wednesday
# and Friday" of each week is all three. By month, BYSETPOS and 3MO are right. No error. Without BYDAY, "week 37" is
# no day at all in ical.js, one day after the other in recurring-ical-events, and the weekday of DTSTART, as RFC 5545 has it,
# in node-ical alone.
#
# Guessed before: that all three agree; the order of months in ical.js was known, not this.
# Seen with ical.js 2.2.1, node-ical 0.26.1 (npm), recurring-ical-events 3.8.2, icalendar 7.3.2 (PyPI), Node 20, TZ
# Asia/Shanghai, run on 2026-11-29.
# Who is hurt: a class whose course is in odd weeks: the page has it in even weeks too, when the room is another's, and
# its first meeting, in the first week, is missing.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q icalendar==7.3.2 recurring-ical-events==3.8.2
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ical.js@2.2.1 node-ical@0.26.1 >/dev/null

cat >make.py <<'PY'
import json
import icalendar, recurring_ical_events

rules = {
    "odd": ("20260907", "FREQ=YEARLY;BYWEEKNO=37,39,41;BYDAY=MO;COUNT=6"),
    "twentieth": ("20260518", "FREQ=YEARLY;BYDAY=20MO;COUNT=3"),
    "last": ("20261231", "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3"),
    "friday": ("20260911", "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=-1;COUNT=3"),
    "week": ("20260907", "FREQ=YEARLY;BYWEEKNO=37;COUNT=2"),
    "monthly": ("20260921", "FREQ=MONTHLY;BYDAY=3MO;COUNT=3"),
    "monthend": ("20260930", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3"),
}
days = {}
for name, (start, rule) in rules.items():
    text = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//course//CN", "BEGIN:VEVENT", f"UID:{name}",
                        "DTSTAMP:20260801T000000Z", f"DTSTART;VALUE=DATE:{start}", f"RRULE:{rule}", "SUMMARY:团课",
                        "END:VEVENT", "END:VCALENDAR", ""])
    open(f"{name}.ics", "w", newline="", encoding="utf-8").write(text)
    events = recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between((2026, 1, 1), (2031, 1, 1))
    days[name] = sorted(event["DTSTART"].dt.isoformat() for event in events)
json.dump(days, open("days.json", "w"))
PY
v/bin/python make.py

cat >read.js <<'JS'
const assert = require('assert');
const fs = require('fs');
const ICAL = require('ical.js');
const nodeIcal = require('node-ical');

const day = date => [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(n => String(n).padStart(2, '0')).join('-');
function read(name) {
  const text = fs.readFileSync(name + '.ics', 'utf8');
  const iterator = new ICAL.Event(new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent('vevent')).iterator();
  const first = [];
  for (let next; (next = iterator.next());) first.push(next.toString().slice(0, 10));
  const event = Object.values(nodeIcal.sync.parseICS(text)).find(part => part.type === 'VEVENT');
  const span = { from: new Date(2026, 0, 1), to: new Date(2031, 0, 1) };
  const second = nodeIcal.expandRecurringEvent(event, span).map(one => day(one.start));
  const third = JSON.parse(fs.readFileSync('days.json'))[name];
  console.log(name, '\n  ical.js  ', ...first, '\n  node-ical', ...second, '\n  recurring', ...third);
  return [first, second, third];
}
function differs(name, wrong, right) {
  const [first, second, third] = read(name);
  assert.deepStrictEqual(first, wrong);
  assert.deepStrictEqual(second, right);
  assert.deepStrictEqual(third, right);
}
differs('odd', ['2026-09-14', '2026-09-21', '2026-09-28', '2026-10-05', '2026-10-12', '2026-10-19'],
  ['2026-09-07', '2026-09-21', '2026-10-05', '2027-09-13', '2027-09-27', '2027-10-11']);
differs('twentieth', ['2026-05-18', '2026-05-25', '2026-06-01'], ['2026-05-18', '2027-05-17', '2028-05-15']);
differs('last', ['2026-12-31', '2027-01-01', '2027-01-04'], ['2026-12-31', '2027-12-31', '2028-12-29']);
differs('friday', ['2026-09-11', '2026-09-14', '2026-09-16'], ['2026-09-11', '2026-09-18', '2026-09-25']);
for (const name of ['monthly', 'monthend']) {
  const [first, second, third] = read(name);
  assert.deepStrictEqual(first, second);
  assert.deepStrictEqual(first, third);
}
const [first, second, third] = read('week');
assert.deepStrictEqual(first, []);
assert.deepStrictEqual(second, ['2026-09-07', '2027-09-13']);
assert.deepStrictEqual(third, ['2026-09-07', '2026-09-08']);
console.log('as on 2026-11-29: odd weeks are every week');
JS
TZ=Asia/Shanghai node read.js
