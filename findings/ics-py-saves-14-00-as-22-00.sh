#!/usr/bin/env bash
# ics.py, opening a timetable and saving it, makes 14:00 22:00 in China, and 19:00 3:00 on the next day.
#
# A time without zone and without Z is that of the wall clock (RFC 5545, form 1), and timetables are written so,
# DTSTART:20260907T140000. ics.py takes it for Greenwich's and writes a Z behind it, 20260907T140000Z, which is 22:00 in China: one
# letter more. What ics.py itself is given, Event(begin="2026-09-07 14:00"), it writes in the same way, whatever the time zone of
# the machine. A time with its zone (TZID=Asia/Shanghai) is the same moment afterwards, 06:00Z; whole days stay days. icalendar,
# ical.js and node-ical read the saved file as it says. (recurring-ical-events refuses it, for ics.py also writes
# CALSCALE:GEORGIAN, where GREGORIAN is meant.) No warning.
#
# Guessed before: that it loses the rule of a series, which it keeps.
# Seen with ics 0.7.3, icalendar 7.3.2 (PyPI), ical.js 2.2.1, node-ical 0.26.1 (npm), Node 20, Python 3.11, TZ Asia/Shanghai, run on
# 2026-11-30.
# Who is hurt: classes whose secretary adds one meeting to the timetable with a program: the new one and all others are eight hours
# late, the afternoon's sitting at ten at night and what was in the evening on the next day.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
export TZ=Asia/Shanghai
python3 -m venv v
v/bin/pip install -q ics==0.7.3 icalendar==7.3.2
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ical.js@2.2.1 node-ical@0.26.1 >/dev/null

cat >save.py <<'PY'
import datetime
from zoneinfo import ZoneInfo

import icalendar
import ics

china = ZoneInfo("Asia/Shanghai")
events = [("sitting", "DTSTART:20260907T140000", "DTEND:20260907T153000"),
          ("evening", "DTSTART:20260907T190000", "DTEND:20260907T210000"),
          ("zone", "DTSTART;TZID=Asia/Shanghai:20260907T140000", "DTEND;TZID=Asia/Shanghai:20260907T153000"),
          ("day", "DTSTART;VALUE=DATE:20260908", "DTEND;VALUE=DATE:20260909")]
zone = ["BEGIN:VTIMEZONE", "TZID:Asia/Shanghai", "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0800",
        "TZOFFSETTO:+0800", "END:STANDARD", "END:VTIMEZONE"]
lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//union//timetable//ZH", *zone]
for uid, begin, end in events:
    lines += ["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260901T000000Z", begin, end, f"SUMMARY:{uid}", "END:VEVENT"]
before = "\r\n".join([*lines, "END:VCALENDAR", ""])

calendar = ics.Calendar(before)
calendar.events.add(ics.Event(name="new", begin="2026-09-07 14:00", uid="new"))
after = calendar.serialize()
with open("before.ics", "w", newline="") as out:
    out.write(before)
with open("after.ics", "w", newline="") as out:
    out.write(after)

def read(text):
    moments = {str(event["UID"]): event["DTSTART"].dt for event in icalendar.Calendar.from_ical(text).walk("VEVENT")}
    return {uid: f"{moment.astimezone(china) if isinstance(moment, datetime.datetime) else moment:%m-%d %H:%M}"
            for uid, moment in sorted(moments.items())}

print("before", read(before))
print("after ", read(after))
assert read(before) == {"day": "09-08 00:00", "evening": "09-07 19:00", "sitting": "09-07 14:00", "zone": "09-07 14:00"}
assert read(after) == {"day": "09-08 00:00", "evening": "09-08 03:00", "new": "09-07 22:00", "sitting": "09-07 22:00",
                       "zone": "09-07 14:00"}
assert "DTSTART:20260907T140000\r\n" in before and "DTSTART:20260907T140000Z\r\n" in after
assert "CALSCALE" not in before and "CALSCALE:GEORGIAN\r\n" in after
PY
v/bin/python save.py

cat >read.mjs <<'JS'
import assert from 'assert';
import fs from 'fs';
import ICAL from 'ical.js';
import ical from 'node-ical';

const hours = moment => `${moment.getDate()} ${moment.getHours()}:00`;
for (const [file, sitting, evening] of [['before.ics', '7 14:00', '7 19:00'], ['after.ics', '7 22:00', '8 3:00']]) {
  const text = fs.readFileSync(file, 'utf8');
  const events = new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent').map(event => new ICAL.Event(event));
  const start = uid => hours(events.find(event => event.uid === uid).startDate.toJSDate());
  const node = Object.values(ical.parseICS(text));
  const nodes = uid => hours(node.find(event => event.uid === uid).start);
  console.log(file, 'ical.js', start('sitting'), start('evening'), 'node-ical', nodes('sitting'), nodes('evening'));
  assert.deepStrictEqual([start('sitting'), start('evening')], [sitting, evening]);
  assert.deepStrictEqual([nodes('sitting'), nodes('evening')], [sitting, evening]);
}
JS
node read.mjs
echo "as on 2026-11-30: what has no zone is Greenwich's"
