#!/usr/bin/env bash
# node-ical reads "monthly from 31 December" as 31 December, 31 January, 28 February and then the 28th of every month.
#
# RFC 5545 says that a day which a month does not have is left out: FREQ=MONTHLY from the 31st is the months that have
# one. rrule-temporal, which node-ical computes with, takes the last day of February instead, and goes on from there: one
# short month pulls every later one down, and it never comes back. So it does from the 29th and 30th. Until the first
# short month all is right, and BYMONTHDAY=31 is right for ever, though it says the same. Yearly from 29 February 2024 it
# has 28 February also in the leap year 2028. ical.js leaves the months out as it should, but has its own idea of the
# years, 1 March where there is no 29 February; recurring-ical-events follows the RFC in both. No warning from any.
#
# Guessed before: that it leaves the day out, as the other two do.
# Seen with node-ical 0.26.1, rrule-temporal 1.6.0, ical.js 2.2.1 (npm), recurring-ical-events 3.8.2, icalendar 7.3.2
# (PyPI), Node 20, run on 2026-11-28.
# Who is hurt: the officers who subscribe to "accounts are due" on the 31st, begun in December: January is right, and from
# March on everybody is asked for the accounts on the 28th, three days before the books close, also in short months.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q recurring-ical-events==3.8.2 icalendar==7.3.2
npm init -y >/dev/null
npm install --silent --no-audit --no-fund node-ical@0.26.1 rrule-temporal@1.6.0 ical.js@2.2.1 >/dev/null

cat >make.py <<'PY'
rules = {"monthly 31": ("20261231", "FREQ=MONTHLY;COUNT=6"), "monthly 30": ("20261030", "FREQ=MONTHLY;COUNT=7"),
         "named 31": ("20261231", "FREQ=MONTHLY;BYMONTHDAY=31;COUNT=4"), "yearly 29": ("20240229", "FREQ=YEARLY;UNTIL=20290101")}
for name, (start, rule) in rules.items():
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//student union//accounts//EN", "BEGIN:VEVENT", "UID:accounts@example.org",
             "DTSTAMP:20260901T000000Z", "SUMMARY:月结", f"DTSTART;VALUE=DATE:{start}", f"RRULE:{rule}", "END:VEVENT", "END:VCALENDAR"]
    with open(f"{name}.ics", "w", encoding="utf-8", newline="") as file:
        file.write("\r\n".join(lines) + "\r\n")
PY
v/bin/python make.py

cat >node.js <<'JS'
const assert = require('assert');
const fs = require('fs');
const ICAL = require('ical.js');
const nodeIcal = require('node-ical');

const expected = {
  'monthly 31': ['2026-12-31 2027-01-31 2027-02-28 2027-03-28 2027-04-28 2027-05-28',
    '2026-12-31 2027-01-31 2027-03-31 2027-05-31 2027-07-31 2027-08-31'],
  'monthly 30': ['2026-10-30 2026-11-30 2026-12-30 2027-01-30 2027-02-28 2027-03-28 2027-04-28',
    '2026-10-30 2026-11-30 2026-12-30 2027-01-30 2027-03-30 2027-04-30 2027-05-30'],
  'named 31': ['2026-12-31 2027-01-31 2027-03-31 2027-05-31', '2026-12-31 2027-01-31 2027-03-31 2027-05-31'],
  'yearly 29': ['2024-02-29 2025-02-28 2026-02-28 2027-02-28 2028-02-28', '2024-02-29 2025-03-01 2026-03-01 2027-03-01 2028-02-29'],
};
const local = day => [day.getFullYear(), day.getMonth() + 1, day.getDate()].map(n => String(n).padStart(2, '0')).join('-');
for (const [name, [first, second]] of Object.entries(expected)) {
  const text = fs.readFileSync(`${name}.ics`, 'utf8');
  const event = Object.values(nodeIcal.sync.parseICS(text)).find(part => part.type === 'VEVENT');
  const range = { from: new Date(2024, 0, 1), to: new Date(2029, 0, 1) };
  const theirs = nodeIcal.expandRecurringEvent(event, range).map(one => local(one.start)).join(' ');
  const each = new ICAL.Event(new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent('vevent')).iterator();
  const others = [];
  for (let day = each.next(); day && day.year < 2029; day = each.next()) others.push(day.toString());
  console.log(name, '\n  node-ical', theirs, '\n  ical.js  ', others.join(' '));
  assert.strictEqual(theirs, first);
  assert.strictEqual(others.join(' '), second);
}
JS
TZ=Asia/Shanghai node node.js

v/bin/python - <<'PY'
import icalendar, recurring_ical_events
expected = {"monthly 31": "2026-12-31 2027-01-31 2027-03-31 2027-05-31 2027-07-31 2027-08-31", "yearly 29": "2024-02-29 2028-02-29"}
for name, days in expected.items():
    calendar = icalendar.Calendar.from_ical(open(f"{name}.ics", encoding="utf-8").read())
    seen = recurring_ical_events.of(calendar).between((2024, 1, 1), (2029, 1, 1))
    seen = " ".join(sorted(str(event["DTSTART"].dt) for event in seen))
    print(name, "recurring-ical-events", seen)
    assert seen == days, seen
print("as on 2026-11-28: after one February everything is on the 28th")
PY
