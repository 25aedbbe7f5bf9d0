#!/usr/bin/env bash
# Flag raising on Mondays at 7:00, written by npm ics or ical-generator, is on Tuesdays at 7:00 where it is read.
#
# Both turn the start into UTC, 2026-09-07 7:00 in China into Sunday 23:00Z, as they do by default, and leave BYDAY=MO
# as it was said. RFC 5545 applies BYDAY in the zone of DTSTART: Monday 23:00Z is Tuesday 7:00 in China. ical.js and
# node-ical show Tuesdays alone; recurring-ical-events shows the first Monday, since it always keeps DTSTART, and
# Tuesdays from then on, which looks right in the first week. Only what begins before 8:00 is hit, so meetings at 14:00,
# and all tests with them, are right. A start with its zone (DTSTART;TZID=Asia/Shanghai:20260907T070000) is on Mondays
# in all three readers.
#
# Seen with ics 3.12.0, ical-generator 10.2.0, ical.js 2.2.1, node-ical 0.26.1 (npm), recurring-ical-events 3.8.2,
# icalendar 7.3.2 (PyPI), Node 20, TZ Asia/Shanghai, run on 2026-11-28.
# Who is hurt: a class that subscribes to its League branch's calendar: it stands at the flag on Tuesday; morning
# exercise, morning reading and the doors of an early sitting move with it.
set -euo pipefail
export TZ=Asia/Shanghai

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q recurring-ical-events==3.8.2 icalendar==7.3.2
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ics@3.12.0 ical-generator@10.2.0 ical.js@2.2.1 node-ical@0.26.1 >/dev/null

cat >calendars.js <<'JS'
const assert = require('assert');
const fs = require('fs');
const ics = require('ics');
const generator = require('ical-generator').default;
const ICAL = require('ical.js');
const nodeIcal = require('node-ical');

const written = {};
for (const [hour, name] of [[7, 'morning'], [14, 'afternoon']]) {
  const { error, value } = ics.createEvent({
    title: '升旗仪式', start: [2026, 9, 7, hour, 0], duration: { minutes: 30 }, recurrenceRule: 'FREQ=WEEKLY;BYDAY=MO;COUNT=4',
  });
  assert.ok(!error);
  written[`ics ${name}`] = value;
  const calendar = generator({ name: '团支部' });
  calendar.createEvent({
    summary: '升旗仪式', start: new Date(2026, 8, 7, hour, 0), end: new Date(2026, 8, 7, hour, 30),
    repeating: { freq: 'WEEKLY', byDay: ['MO'], count: 4 },
  });
  written[`ical-generator ${name}`] = calendar.toString();
}
const china = date => '日一二三四五六'[new Date(date.getTime() + 8 * 3600e3).getUTCDay()]
  + new Date(date.getTime() + 8 * 3600e3).toISOString().slice(4, 16).replace('T', ' ');
for (const [how, text] of Object.entries(written)) {
  fs.writeFileSync(`${how}.ics`, text);
  const event = new ICAL.Event(new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent('vevent'));
  const each = event.iterator();
  const first = china(each.next().toJSDate());
  const parsed = Object.values(nodeIcal.sync.parseICS(text)).find(part => part.type === 'VEVENT');
  const second = china(parsed.rrule.all()[0]);
  console.log(how, text.match(/DTSTART.*/)[0].trim(), '-> ical.js', first, '| node-ical', second);
  const expected = how.endsWith('morning') ? '二-09-08 07:00' : '一-09-07 14:00';
  assert.strictEqual(first, expected);
  assert.strictEqual(second, expected);
}
JS
node calendars.js

v/bin/python - <<'PY'
import datetime, icalendar, recurring_ical_events
china = datetime.timezone(datetime.timedelta(hours=8))
for writer in ("ics", "ical-generator"):
    calendar = icalendar.Calendar.from_ical(open(f"{writer} morning.ics", encoding="utf-8").read())
    events = recurring_ical_events.of(calendar).between((2026, 9, 1), (2026, 12, 31))
    seen = [event["DTSTART"].dt.astimezone(china).strftime("%a %m-%d %H:%M") for event in events]
    print(writer, "-> recurring-ical-events", seen[:3])
    assert seen[:3] == ["Mon 09-07 07:00", "Tue 09-08 07:00", "Tue 09-15 07:00"], seen
print("as on 2026-11-28: what is weekly on Mondays before 8:00 is on Tuesdays")
PY
