#!/usr/bin/env bash
# ical.js: "monthly, in months 9,10,11,12,3,4,5,6" goes from December to the next September; the spring is never held.
#
# The months of an academic year are said from September on, and RFC 5545 gives the list of BYMONTH no order. ical.js
# walks through it as written: after December it sets the month to September of the next year, walks to December 2027,
# and only then gives 1 March 2027, eleven months back. So with UNTIL in June 2027, which is how a year's rule ends, it
# has four meetings of eight; a page that stops at the first day beyond its window, as its users do, has four without
# UNTIL. Sorted, 3,4,5,6,9,10,11,12, all days are there, but COUNT=8 gives seven: one that was stepped over before
# DTSTART is counted. FREQ=WEEKLY and FREQ=YEARLY with the same lists are right, so are BYMONTHDAY and BYDAY out of order.
# node-ical and recurring-ical-events have all eight either way. No warning.
#
# Guessed before: the order of a list does not matter.
# Seen with ical.js 2.2.1, node-ical 0.26.1, rrule-temporal 1.6.0 (npm), recurring-ical-events 3.8.2, icalendar 7.3.2
# (PyPI), Node 20, run on 2026-11-28.
# Who is hurt: the League branch with its 主题团日 on the first of each month of term: the page has no meeting between
# December and September, which looks like a long holiday.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q recurring-ical-events==3.8.2 icalendar==7.3.2
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ical.js@2.2.1 node-ical@0.26.1 rrule-temporal@1.6.0 >/dev/null

cat >make.py <<'PY'
year, sorted_year = "BYMONTH=9,10,11,12,3,4,5,6", "BYMONTH=3,4,5,6,9,10,11,12"
rules = {
    "until": f"FREQ=MONTHLY;{year};BYMONTHDAY=1;UNTIL=20270630T235959",
    "sorted until": f"FREQ=MONTHLY;{sorted_year};BYMONTHDAY=1;UNTIL=20270630T235959",
    "count": f"FREQ=MONTHLY;{year};BYMONTHDAY=1;COUNT=8",
    "sorted count": f"FREQ=MONTHLY;{sorted_year};BYMONTHDAY=1;COUNT=8",
    "yearly": f"FREQ=YEARLY;{year};BYMONTHDAY=1;COUNT=8",
}
for name, rule in rules.items():
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//student union//branch//EN", "BEGIN:VEVENT", "UID:branch@example.org",
             "DTSTAMP:20260801T000000Z", "SUMMARY:主题团日", "DTSTART:20260901T140000", f"RRULE:{rule}", "END:VEVENT", "END:VCALENDAR"]
    with open(f"{name}.ics", "w", encoding="utf-8", newline="") as file:
        file.write("\r\n".join(lines) + "\r\n")
PY
v/bin/python make.py

cat >read.js <<'JS'
const assert = require('assert');
const fs = require('fs');
const ICAL = require('ical.js');
const nodeIcal = require('node-ical');

const autumn = '2026-09 2026-10 2026-11 2026-12';
const all = `${autumn} 2027-03 2027-04 2027-05 2027-06`;
const expected = {
  'until': autumn,
  'sorted until': all,
  'count': `${autumn} 2027-09 2027-10 2027-11 2027-12`,
  'sorted count': all.slice(0, -8),
  'yearly': all,
};
const month = (year, of) => `${year}-${String(of).padStart(2, '0')}`;
for (const [name, months] of Object.entries(expected)) {
  const text = fs.readFileSync(`${name}.ics`, 'utf8');
  const days = new ICAL.Event(new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent('vevent')).iterator();
  const seen = [];
  for (let day = days.next(); day; day = days.next()) seen.push(month(day.year, day.month));
  const event = Object.values(nodeIcal.sync.parseICS(text)).find(part => part.type === 'VEVENT');
  const range = { from: new Date(2026, 0, 1), to: new Date(2029, 0, 1) };
  const others = nodeIcal.expandRecurringEvent(event, range).map(one => month(one.start.getFullYear(), one.start.getMonth() + 1));
  console.log(name, '\n  ical.js  ', seen.join(' '), '\n  node-ical', others.join(' '));
  assert.strictEqual(seen.join(' '), months);
  assert.strictEqual(others.join(' '), all);
}
const back = ICAL.Recur.fromString('FREQ=MONTHLY;BYMONTH=9,10,11,12,3,4,5,6;BYMONTHDAY=1')
  .iterator(ICAL.Time.fromDateTimeString('2026-09-01T14:00:00'));
const days = Array.from({ length: 12 }, () => back.next().toString().slice(0, 7)).join(' ');
console.log('ical.js without an end:', days);
assert.strictEqual(days, `${autumn} 2027-09 2027-10 2027-11 2027-12 2027-03 2027-04 2027-05 2027-06`);
JS
TZ=Asia/Shanghai node read.js

v/bin/python - <<'PY'
import icalendar, recurring_ical_events
for name in ("until", "sorted until", "count", "sorted count", "yearly"):
    calendar = icalendar.Calendar.from_ical(open(f"{name}.ics", encoding="utf-8").read())
    seen = sorted(event["DTSTART"].dt for event in recurring_ical_events.of(calendar).between((2026, 1, 1), (2029, 1, 1)))
    assert [day.month for day in seen] == [9, 10, 11, 12, 3, 4, 5, 6] and seen[-1].year == 2027, seen
print("recurring-ical-events: all eight")
print("as on 2026-11-28: after December comes September")
PY
