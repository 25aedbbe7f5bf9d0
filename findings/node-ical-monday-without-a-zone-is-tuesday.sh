#!/usr/bin/env bash
# node-ical in China reads "Mondays at 7:00" without a time zone as Tuesdays at 7:00; "daily at 8 and 14" is 16 and 22.
#
# A time without zone and without Z is that of the wall clock wherever one is (RFC 5545, form 1); timetables are written
# so. node-ical reads DTSTART:20260907T070000 rightly, and a plain weekly or daily rule too. As soon as the rule names a
# day or an hour, it is counted in UTC, where it is still Sunday, 23:00: BYDAY=MO begins on the 8th and stays on
# Tuesdays, BYMONTHDAY=7 is on the 8th, "first Monday" the day after it, and BYHOUR=8,14 is at 16:00 and 22:00. Meetings
# from 8:00 on have the right days, for by then it is the same day in UTC. ical.js and recurring-ical-events are right with
# all. With TZ=UTC, in which many tests run, node-ical is right too; and so it is in China with TZID=Asia/Shanghai.
#
# Guessed before: all readers agree on rules as plain as these.
# Seen with node-ical 0.26.1, ical.js 2.2.1 (npm), recurring-ical-events 3.8.2, icalendar 7.3.2 (PyPI), Node 20, run on
# 2026-11-29.
# Who is hurt: the flag guard and the morning run, the meetings before eight: they are a day late on the page, and who
# comes by it stands alone.
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

rules = [
    ("070000", "FREQ=WEEKLY;COUNT=2"),
    ("070000", "FREQ=WEEKLY;BYDAY=MO;COUNT=2"),
    ("080000", "FREQ=WEEKLY;BYDAY=MO;COUNT=2"),
    ("070000", "FREQ=MONTHLY;BYMONTHDAY=7;COUNT=2"),
    ("070000", "FREQ=MONTHLY;BYDAY=1MO;COUNT=2"),
    ("080000", "FREQ=DAILY;BYHOUR=8,14;COUNT=4"),
]
calendars = []
for time, rule in rules:
    text = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//duty//CN", "BEGIN:VEVENT", "UID:duty",
                        "DTSTAMP:20260801T000000Z", f"DTSTART:20260907T{time}", "DURATION:PT30M", f"RRULE:{rule}",
                        "SUMMARY:升旗", "END:VEVENT", "END:VCALENDAR", ""])
    events = recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between((2026, 9, 1), (2027, 1, 1))
    calendars.append({"rule": rule, "text": text, "times": sorted(f"{e['DTSTART'].dt:%m-%d %H:%M}" for e in events)})
json.dump(calendars, open("calendars.json", "w"))
PY
v/bin/python make.py

cat >read.js <<'JS'
const assert = require('assert');
const ICAL = require('ical.js');
const nodeIcal = require('node-ical');
const two = number => String(number).padStart(2, '0');
const wall = date => `${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
function node(text) {
  const event = Object.values(nodeIcal.sync.parseICS(text)).find(part => part.type === 'VEVENT');
  const span = { from: new Date(2026, 8, 1), to: new Date(2027, 0, 1) };
  return [wall(event.start), ...nodeIcal.expandRecurringEvent(event, span).map(one => wall(one.start))];
}
const inChina = [
  ['09-07 07:00', '09-14 07:00'],
  ['09-08 07:00', '09-15 07:00'],
  ['09-07 08:00', '09-14 08:00'],
  ['09-08 07:00', '10-08 07:00'],
  ['09-08 07:00', '10-06 07:00'],
  ['09-07 16:00', '09-07 22:00', '09-08 16:00', '09-08 22:00'],
];
require('./calendars.json').forEach(({ rule, text, times }, index) => {
  const iterator = new ICAL.Event(new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent('vevent')).iterator();
  const others = [];
  for (let next; (next = iterator.next());) others.push(wall(next.toJSDate()));
  assert.deepStrictEqual(others, times);
  const [start, ...found] = node(text);
  assert.strictEqual(start, times[0]);
  if (process.env.TZ === 'UTC') return assert.deepStrictEqual(found, times);
  console.log(rule, '\n  node-ical', found.join(', '), '\n  others   ', times.join(', '));
  assert.deepStrictEqual(found, inChina[index]);
  const zoned = text.replace('DTSTART:', 'DTSTART;TZID=Asia/Shanghai:');
  assert.deepStrictEqual(node(zoned).slice(1), times);
});
JS
TZ=UTC node read.js
TZ=Asia/Shanghai node read.js
echo "as on 2026-11-29: east of Greenwich the early Monday is a Tuesday"
