#!/usr/bin/env bash
# ical, with which Home Assistant reads calendars, holds a meeting that was moved from Monday to Tuesday on both days.
#
# RECURRENCE-ID says by its moment which meeting of a series was moved. In UTC that is 20260914T060000Z, and ical compares it as
# text with what it makes of the meetings itself, 20260914T060000, without the Z: the two never meet, the meeting on Monday
# stays, and the one on Tuesday comes on top. It is so for every series in UTC, which is what npm's ical-generator writes unless
# one names a zone, and for an id in UTC beside a series with its zone. Where both have the zone (TZID=Asia/Shanghai) all is right,
# and EXDATE in UTC too. icalevents, recurring-ical-events, ical.js and node-ical have the meeting once. No warning.
#
# Guessed before: all readers agree on RECURRENCE-ID; then, of what was seen, that only mixed forms are at fault.
# Seen with ical 14.3.1, icalevents 0.3.1, recurring-ical-events 3.8.2, icalendar 7.3.2 (PyPI), ical-generator 10.2.0, ical.js
# 2.2.1, node-ical 0.26.1 (npm), Node 20, Python 3.11, TZ Asia/Shanghai, run on 2026-11-30.
# Who is hurt: who goes by the screen at the door: on Monday the room is taken for a meeting that is on Tuesday, delegates come a
# day early, and whoever wanted the room was told that there is none.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q ical==14.3.1 icalevents==0.3.1 icalendar==7.3.2 recurring-ical-events==3.8.2
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ical-generator@10.2.0 ical.js@2.2.1 node-ical@0.26.1 >/dev/null
export TZ=Asia/Shanghai

cat >write.mjs <<'JS'
import { writeFileSync } from 'fs';
import calendar from 'ical-generator';
const union = calendar({ name: '学生会' });
const meeting = (start, more) => union.createEvent({ id: 'meeting', summary: '例会', start: new Date(start),
  end: new Date(new Date(start).getTime() + 3600000), ...more });
meeting('2026-09-07T14:00', { repeating: { freq: 'WEEKLY', count: 3 } });
meeting('2026-09-15T16:00', { recurrenceId: new Date('2026-09-14T14:00') });
writeFileSync('generated.ics', union.toString());
JS
node write.mjs

cat >read.py <<'PY'
import datetime, json, zoneinfo
import icalendar, recurring_ical_events
from ical.calendar_stream import IcsCalendarStream
from icalevents.icalparser import parse_events

china = zoneinfo.ZoneInfo("Asia/Shanghai")
begin, end = datetime.datetime(2026, 9, 1, tzinfo=china), datetime.datetime(2026, 10, 1, tzinfo=china)
zone = ["BEGIN:VTIMEZONE", "TZID:Asia/Shanghai", "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0800",
        "TZOFFSETTO:+0800", "TZNAME:CST", "END:STANDARD", "END:VTIMEZONE"]
moved = "DTSTART;TZID=Asia/Shanghai:20260915T160000"
series = [
    # start of the series, what names the meeting of 14 September at 14:00, is that meeting held as well in ical
    (":20260907T060000Z", ["RECURRENCE-ID:20260914T060000Z", moved], True),
    (";TZID=Asia/Shanghai:20260907T140000", ["RECURRENCE-ID:20260914T060000Z", moved], True),
    (";TZID=Asia/Shanghai:20260907T140000", ["RECURRENCE-ID;TZID=Asia/Shanghai:20260914T140000", moved], False),
    (":20260907T060000Z", ["EXDATE:20260914T060000Z"], False),
]
wall = lambda moment: f"{moment.astimezone(china):%m-%d %H:%M}"
calendars = []

def read(what, text, was_moved, twice):
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between(begin, end)
    held = sorted(wall(one["DTSTART"].dt) for one in found)
    assert held == sorted(wall(one.start) for one in parse_events(text, start=begin, end=end))
    assert held == ["09-07 14:00", *(["09-15 16:00"] if was_moved else []), "09-21 14:00"]
    seen = sorted(wall(one.dtstart) for one in IcsCalendarStream.calendar_from_ics(text).timeline_tz(china).overlapping(begin, end))
    print(f"{what}\n  others {', '.join(held)}\n  ical   {', '.join(seen)}")
    assert seen == sorted([*held, "09-14 14:00"] if twice else held)
    calendars.append({"text": text, "held": held})

event = lambda *lines: ["BEGIN:VEVENT", "UID:meeting", "DTSTAMP:20260801T000000Z", "SUMMARY:例会", "DURATION:PT1H", *lines, "END:VEVENT"]
for start, change, twice in series:
    rule = [f"DTSTART{start}", "RRULE:FREQ=WEEKLY;COUNT=3"]
    events = event(*rule, *change) if len(change) == 1 else event(*rule) + event(*change)
    text = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//union//CN", *zone, *events, "END:VCALENDAR", ""])
    read(f"DTSTART{start} {change[0]}", text, len(change) == 2, twice)
read("by ical-generator", open("generated.ics", newline="").read(), True, True)
json.dump(calendars, open("calendars.json", "w"))
PY
v/bin/python read.py

cat >read.js <<'JS'
const assert = require('assert');
const ICAL = require('ical.js');
const nodeIcal = require('node-ical');
const two = number => String(number).padStart(2, '0');
const wall = date => `${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
for (const { text, held } of require('./calendars.json')) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const zone = calendar.getFirstSubcomponent('vtimezone');
  if (zone) ICAL.TimezoneService.register(new ICAL.Timezone(zone));
  const [series, ...others] = calendar.getAllSubcomponents('vevent').map(part => new ICAL.Event(part));
  others.forEach(other => series.relateException(other));
  const iterator = series.iterator();
  const first = [];
  for (let next; (next = iterator.next());) first.push(wall(series.getOccurrenceDetails(next).startDate.toJSDate()));
  assert.deepStrictEqual(first.sort(), held);
  const event = Object.values(nodeIcal.sync.parseICS(text)).find(part => part.type === 'VEVENT');
  const span = { from: new Date(2026, 8, 1), to: new Date(2026, 9, 1) };
  assert.deepStrictEqual(nodeIcal.expandRecurringEvent(event, span).map(one => wall(one.start)).sort(), held);
}
console.log('as on 2026-11-30: the moved meeting is held on both days');
JS
node read.js
