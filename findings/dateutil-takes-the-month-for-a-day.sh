#!/usr/bin/env bash
# dateutil, run on 29 November, reads 2005.10 as 29 November 2005 and, with fuzzy, 2026年9月 as 9 November 2026.
#
# Of what it does not find, parse takes the day on which it runs. 2005.10, the way forms ask for 出生年月, it takes for one
# number with a fraction: the year is read, the month is lost, and every month is today's. 10.1 (国庆) is a day 10, and
# 9.30 is the 9th. 2005-10 is October. Chinese dates it refuses, and fuzzy=True, which is there to skip words, takes 2026年9月1日
# rightly; but 2026年9月 has two numbers, and the second is then a day of this month: 2026年10月 is 10 November. 9月1日-3日 is
# 1 September 2003, and 下午3:30 half past three in the morning. All are dates without a warning; whether they are
# noticed depends on the month in which one tries it, as in September 2026.09 is September.
#
# Guessed before: it refuses what has no month that it knows.
# Seen with python-dateutil 2.9.0.post0, Python 3.11, run on 2026-11-29, and with that day as default.
# Who is hurt: members whose 出生年月 or 入团年月 comes in as 2005.10: on the roll all were born in the month of the import, and
# each import of the same list says another month.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q python-dateutil==2.9.0.post0

v/bin/python - <<'PY'
import datetime

from dateutil import parser

runs = datetime.datetime(2026, 11, 29)

def read(text, default=runs, **how):
    return parser.parse(text, default=default, **how).isoformat(" ", "minutes")

for text, expected in {
    "2005.10": "2005-11-29 00:00",
    "2005.06": "2005-11-29 00:00",
    "2026.09": "2026-11-29 00:00",
    "10.1": "2026-11-10 00:00",
    "9.30": "2026-11-09 00:00",
    "2005-10": "2005-10-29 00:00",
    "2005.10.08": "2005-10-08 00:00",
}.items():
    print(text, "->", read(text))
    assert read(text) == expected
for text, expected in {
    "2026年9月": "2026-11-09 00:00",
    "2026年10月": "2026-11-10 00:00",
    "9月1日-3日": "2003-09-01 00:00",
    "2026年9月1日 下午3:30": "2026-09-01 03:30",
    "2026年9月1日": "2026-09-01 00:00",
    "9月1日": "2026-09-01 00:00",
}.items():
    print(text, "with fuzzy ->", read(text, fuzzy=True))
    assert read(text, fuzzy=True) == expected
    try:
        read(text)
    except parser.ParserError:
        continue
    raise AssertionError(text)

assert parser.parse("2005.10").month == datetime.date.today().month, "without a default it is the day of the run"
months = {read("2005.10", datetime.datetime(2026, month, 15))[:7] for month in range(1, 13)}
assert months == {f"2005-{month:02}" for month in range(1, 13)}
print("as on 2026-11-29: 2005.10 is the month of the run")
PY
