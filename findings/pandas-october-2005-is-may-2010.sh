#!/usr/bin/env bash
# pandas reads the month of birth 200510 as 20 May 2010 and 200511 as 20 May 2011: six figures are day, month, year here.
#
# In a column of dates 20051001 is 1 October 2005, and 2005-10, 2005/10 and 2005.10 are October; so one expects 200510 to be October
# or to be refused. pandas finds no common format, warns that it falls back to dateutil, and that takes six figures for three
# pairs: year, month, day, and where that is no date another order. 20 is no month that follows a year 20, so it is the day, 05
# the month and 10 the year. All months of the years 2001 to 2012 are read so, each year's in twelve different years, all
# on the 20th, and from 2013 on, and up to 2000, there is an error. read_csv with parse_dates does the same.
# Remedy: format="%Y%m". With yearfirst=True 200510 is 10 May 2020.
#
# Guessed before: October 2005, as 2005-10 is, or an error.
# Seen with pandas 3.1.1, python-dateutil 2.9.0.post0 (PyPI), Python 3.11, run on 2026-11-29.
# Who is hurt: just the students of today: who was born from 2001 to 2012 is too young or too old for a post, while a test with
# the month of entry, 202409, shows an error and leads one to believe that errors are seen.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q pandas==3.1.1 python-dateutil==2.9.0.post0

v/bin/python -W ignore - <<'PY'
import io

import pandas

def read(text, **how):
    try:
        return str(pandas.to_datetime(pandas.Series([text], dtype="str"), **how)[0])[:10]
    except ValueError:
        return "error"

for text, expected in (("20051001", "2005-10-01"), ("2005-10", "2005-10-01"), ("2005/10", "2005-10-01"),
                       ("2005.10", "2005-10-01"), ("200510", "2010-05-20"), ("200511", "2011-05-20"),
                       ("202409", "error"), ("199809", "error")):
    found = read(text)
    print(text, found)
    assert found == expected
assert read("200510", format="%Y%m") == "2005-10-01"
assert read("200510", yearfirst=True) == "2020-05-10"

for year in range(1996, 2027):
    for month in range(1, 13):
        found = read(f"{year}{month:02}")
        assert found == (f"20{month:02}-{year - 2000:02}-20" if 2001 <= year <= 2012 else "error"), (year, month, found)

roll = pandas.read_csv(io.StringIO("姓名,出生年月\n张三,200510\n李四,200611\n"), parse_dates=["出生年月"])
found = [str(day)[:10] for day in roll["出生年月"]]
print("read_csv", found)
assert found == ["2010-05-20", "2011-06-20"]
print("as on 2026-11-29: October 2005 is in May 2010")
PY
