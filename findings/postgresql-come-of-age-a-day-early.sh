#!/usr/bin/env bash
# In PostgreSQL and DuckDB age(today, born) >= interval '18 years' holds a day before the birthday, for 217 of 366 birthdays.
#
# Who was born on 2 March 2008 is 17 years 11 mons 30 days old on 1 March 2026; age says so. To be compared, both are turned
# into days, a month into 30 and a year into twelve months: 17 × 360 + 330 + 30 is 18 × 360, and the two are equal. It
# happens where the month in which the last days are counted has 31: to all who are born in January and August, from the 2nd
# on in March, May, July, October and December, and on the 1st of the other months. Who was born on 2 April comes of age
# on the 2nd. extract(year from age(…)) is 17, and born + interval '18 years' <= today is false, as they should be. A term of
# interval '1 year' from 1 September ends on 31 August by the same sum. DuckDB does all of it the same way.
#
# Guessed before: intervals are compared field by field, years first, so that 17 years and whatever is less than 18.
# Seen with @electric-sql/pglite 0.5.17 (PostgreSQL 18.7, npm), duckdb 2.0.1 (PyPI), Node 20, Python 3.11, run on 2026-11-29;
# PostgreSQL 15.18 gives the same 217.
# Who is hurt: a rule "18 on the day of the poll", written in the way that reads best, lets some vote a day early; tested with
# somebody born in April it is right.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q duckdb==2.0.1
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @electric-sql/pglite@0.5.17 >/dev/null

cat >one.sql <<'SQL'
select age(date '2026-03-01', date '2008-03-02') >= interval '18 years' as old,
  extract(year from age(date '2026-03-01', date '2008-03-02')) as years,
  date '2008-03-02' + interval '18 years' <= date '2026-03-01' as reached,
  age(date '2026-04-01', date '2008-04-02') >= interval '18 years' as april,
  age(date '2026-08-31', date '2025-09-01') >= interval '1 year' as term,
  interval '1 month' = interval '30 days' as equal
SQL
cat >year.sql <<'SQL'
select extract(month from born) as month, count(*) as early
from (select cast(day as date) as born, cast(day + interval '18 years' - interval '1 day' as date) as eve
      from generate_series(timestamp '2008-01-01', timestamp '2008-12-31', interval '1 day') as days(day)) as people
where age(eve, born) >= interval '18 years' group by 1 order by 1
SQL
cat >ask.mjs <<'JS'
import { readFileSync } from 'fs';
import { PGlite } from '@electric-sql/pglite';
const database = new PGlite();
const plain = value => typeof value === 'boolean' ? value : Number(value);
const ask = async name => (await database.query(readFileSync(name, 'utf8'))).rows.map(row => Object.values(row).map(plain));
console.log(JSON.stringify([await ask('one.sql'), await ask('year.sql')]));
await database.close();
JS
cat >check.py <<'PY'
import json, subprocess

import duckdb

def ask(name):
    rows = duckdb.sql(open(name).read()).fetchall()
    return [[value if isinstance(value, bool) else int(value) for value in row] for row in rows]

early = [[1, 31], [2, 1], [3, 30], [4, 1], [5, 30], [6, 1], [7, 30], [8, 31], [9, 1], [10, 30], [11, 1], [12, 30]]
answers = {
    "PostgreSQL": json.loads(subprocess.run(["node", "ask.mjs"], check=True, capture_output=True).stdout),
    "DuckDB": [ask("one.sql"), ask("year.sql")],
}
for name, (one, year) in answers.items():
    print(name, one, "early by month of birth:", year, "in all", sum(count for _, count in year))
    assert one == [[True, 17, False, False, True, True]], one
    assert year == early, year
assert sum(count for _, count in early) == 217
print("as on 2026-11-29: of age on the eve of the birthday")
PY
v/bin/python check.py
