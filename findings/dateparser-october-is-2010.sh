#!/usr/bin/env bash
# dateparser reads 9月30日 as 30 September and 10月1日 as 28 January 2010; with "future" preferred it is the year 2110.
#
# A Chinese date without its year is right for every day from January to September. From October on the month is taken
# for a year and the day for a month: 10月8日 is August 2010, 11月12日 December 2011, the day of the month is that of the
# day on which it runs. 90 of the 92 days are silently wrong, 10月31日 and 12月31日 are None. A leading zero brings the same
# about in any month: 09月01日 is January 2009. The remedy that suggests itself, languages=["zh"], gives None for all 365
# days, the good ones too. With the year in front everything is right, and so is every try before October.
#
# Seen with dateparser 1.5.0, run on 2026-11-28.
# Who is hurt: the office that put deadlines into a calendar from its notices all through spring (报名截止4月20日): in autumn,
# when the unions change hands, 报名截止10月20日 has been over for 16 years or is due in 2110, so nobody is reminded.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q dateparser==1.5.0

v/bin/python - <<'PY'
import calendar, collections, datetime, warnings
warnings.simplefilter("ignore")
import dateparser

today = {"RELATIVE_BASE": datetime.datetime(2026, 11, 28, 12)}
future = today | {"PREFER_DATES_FROM": "future"}
seen = collections.defaultdict(collections.Counter)
with_language = collections.Counter()
for month in range(1, 13):
    for day in range(1, calendar.monthrange(2026, month)[1] + 1):
        words = f"{month}月{day}日"
        read = dateparser.parse(words, settings=today)
        right = read is not None and (read.year, read.month, read.day) == (2026, month, day)
        seen[month]["right" if right else "None" if read is None else f"in {read.year}"] += 1
        with_language[str(dateparser.parse(words, languages=["zh"], settings=today))] += 1
for month, what in seen.items():
    print(f"{month}月:", dict(what))
for month in range(1, 10):
    assert set(seen[month]) == {"right"}, month
assert seen[10] == {"in 2010": 30, "None": 1}
assert seen[11] == {"in 2011": 30}
assert seen[12] == {"in 2012": 30, "None": 1}
assert with_language == {"None": 365}

for words, settings, date in [
    ("9月20日", today, "2026-09-20"), ("10月20日", today, "2010-11-20"), ("10月1日", today, "2010-01-28"),
    ("10月20日", future, "2110-11-20"), ("09月01日", today, "2009-01-28"), ("2026年10月20日", today, "2026-10-20"),
]:
    read = dateparser.parse(words, settings=settings)
    print(words, "future" if settings is future else "", read.date())
    assert str(read.date()) == date, (words, read)
print("as on 2026-11-28: from October on a date without its year lies in 2010 to 2012")
PY
