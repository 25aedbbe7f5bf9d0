#!/usr/bin/env bash
# npm ics writes a sitting of 1.5 hours as PT1.5H; node-ical shows five hours, ical.js one. 2.5 and 0.5 are five as well.
#
# duration: { hours: 1.5 } passes the check of ics, error is null, and the number is put down as it is. RFC 5545 knows no
# fractions, so readers do with it what they like: node-ical looks for the figures in front of H and finds 5, so 0.5, 1.5
# and 2.5 hours are five hours each, 1.25 hours are 25, more than a day, and 1.5 days (P1.5DT) five days. ical.js cuts
# the fraction off: 0.5 hours end as they begin. icalendar alone raises, when asked for the end. The reminder with
# trigger: { hours: 1.5, before: true } has the same PT1.5H. Whole numbers, { hours: 1, minutes: 30 } and { minutes: 90 }
# are right everywhere.
#
# Guessed before: ics refuses it or writes PT1H30M.
# Seen with ics 3.12.0, node-ical 0.26.1, ical.js 2.2.1 (npm), icalendar 7.3.2 (PyPI), Node 20, TZ Asia/Shanghai, run on
# 2026-11-28.
# Who is hurt: who books rooms by the union's calendar: a standing committee from 14:00 to 15:30 has the room until 19:00,
# or, on the other page, until 15:00, when the next meeting comes in.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q icalendar==7.3.2
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ics@3.12.0 node-ical@0.26.1 ical.js@2.2.1 >/dev/null

cat >sittings.js <<'JS'
const assert = require('assert');
const fs = require('fs');
const ICAL = require('ical.js');
const ics = require('ics');
const nodeIcal = require('node-ical');

const sittings = [
  // duration, as written, hours in node-ical and in ical.js
  [{ hours: 1.5 }, 'PT1.5H', 5, 1],
  [{ hours: 2.5 }, 'PT2.5H', 5, 2],
  [{ hours: 0.5 }, 'PT0.5H', 5, 0],
  [{ hours: 1.25 }, 'PT1.25H', 25, 1],
  [{ days: 1.5 }, 'P1.5DT', 120, 24],
  [{ hours: 2 }, 'PT2H', 2, 2],
  [{ hours: 1, minutes: 30 }, 'PT1H30M', 1.5, 1.5],
  [{ minutes: 90 }, 'PT90M', 1.5, 1.5],
];
for (const [duration, written, first, second] of sittings) {
  const { error, value } = ics.createEvent({ start: [2026, 9, 4, 14, 0], duration, title: '常委会' });
  assert.strictEqual(error, null);
  assert.ok(value.includes(`DURATION:${written}\r\n`), value);
  const theirs = Object.values(nodeIcal.sync.parseICS(value)).find(part => part.type === 'VEVENT');
  const others = new ICAL.Event(new ICAL.Component(ICAL.parse(value)).getFirstSubcomponent('vevent'));
  const hours = [(theirs.end - theirs.start) / 3600000, (others.endDate.toJSDate() - others.startDate.toJSDate()) / 3600000];
  console.log(JSON.stringify(duration), written, '-> node-ical', hours[0], 'hours, ical.js', hours[1]);
  assert.deepStrictEqual(hours, [first, second]);
  if (written === 'PT1.5H') fs.writeFileSync('sitting.ics', value);
}
const alarm = { action: 'display', trigger: { hours: 1.5, before: true } };
const { value } = ics.createEvent({ start: [2026, 9, 4, 14, 0], duration: { hours: 2 }, title: '常委会', alarms: [alarm] });
assert.ok(value.includes('TRIGGER:-PT1.5H'), value);
JS
TZ=Asia/Shanghai node sittings.js

v/bin/python - <<'PY'
import icalendar
event = icalendar.Calendar.from_ical(open("sitting.ics", encoding="utf-8").read()).walk("VEVENT")[0]
try:
    print(event.end)
except Exception as error:
    print("icalendar:", type(error).__name__)
else:
    raise AssertionError("icalendar has an end")
print("as on 2026-11-28: half hours are five hours, or none")
PY
