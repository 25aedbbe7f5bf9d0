#!/usr/bin/env bash
# AlaSQL: ROW_NUMBER() OVER (PARTITION BY 学院 ORDER BY 票 DESC) makes the first in the list the first, whatever the votes.
#
# It is the usual way to take the first of each college. AlaSQL reads the whole clause and numbers the rows as they come: ORDER BY
# within OVER does nothing, so that 甲 with 5 votes, higher up in the list, is 1 and 乙 with 9 is 2. And PARTITION BY begins
# anew whenever the college is another than in the row before: of a list in order of student numbers, where colleges alternate,
# everybody is 1; of a query that does not ask for the college itself it is one college. SUM(票) OVER (ORDER BY 票), a running sum, is
# the whole sum in each row. What it lacks, RANK and LAG, raises. If the query ends in the same order (ORDER BY 学院, 票 DESC),
# which one adds to look at the result, the numbers are right; in a subquery, where one takes 名次 = 1, they are not. SQLite, run
# beside it with the same queries, is right in each.
#
# Guessed before: windows are refused, or right.
# Seen with alasql 4.19.1 (npm), sqlite3 of Python 3.11, Node 20, run on 2026-11-30.
# Who is hurt: who has the most votes of a college and does not stand first on its list: on the page somebody else is elected, and
# of an alternating list everybody.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund alasql@4.19.1 >/dev/null

cat >queries.json <<'JSON'
{
  "rows": [["甲", "软件", 5], ["乙", "软件", 9], ["丙", "法学", 7], ["丁", "法学", 8]],
  "alternating": [["甲", "软件", 5], ["丙", "法学", 7], ["乙", "软件", 9], ["丁", "法学", 8]],
  "numbered": "SELECT who, college, votes, ROW_NUMBER() OVER (PARTITION BY college ORDER BY votes DESC) AS place FROM T",
  "first of each": "SELECT who FROM (SELECT who, college, votes, ROW_NUMBER() OVER (PARTITION BY college ORDER BY votes DESC) AS place FROM T) AS S WHERE place = 1",
  "college not asked for": "SELECT who FROM (SELECT who, ROW_NUMBER() OVER (PARTITION BY college ORDER BY votes DESC) AS place FROM T) AS S WHERE place = 1",
  "first two": "SELECT who FROM (SELECT who, votes, ROW_NUMBER() OVER (ORDER BY votes DESC) AS place FROM T) AS S WHERE place <= 2",
  "running": "SELECT who, votes, SUM(votes) OVER (ORDER BY votes) AS so_far FROM T",
  "looked at": "SELECT who, college, votes, ROW_NUMBER() OVER (PARTITION BY college ORDER BY votes DESC) AS place FROM T ORDER BY college, votes DESC"
}
JSON
cat >alasql.cjs <<'JS'
const alasql = require('alasql');
const asked = require('./queries.json');
const answers = {};
for (const list of ['rows', 'alternating']) {
  const rows = asked[list].map(([who, college, votes]) => ({ who, college, votes }));
  for (const [name, query] of Object.entries(asked).filter(([, query]) => typeof query === 'string'))
    answers[`${list}: ${name}`] = alasql(query.replace(' T', ' ?'), [rows]).map(row => Object.values(row));
}
console.log(JSON.stringify(answers));
JS
node alasql.cjs >answers.json
if node -e 'require("alasql")("SELECT RANK() OVER (ORDER BY votes DESC) AS place FROM ?", [[{ votes: 1 }]])' 2>/dev/null; then exit 1; fi

python3 - <<'PY'
import json, sqlite3

asked, seen = (json.load(open(file, encoding="utf-8")) for file in ("queries.json", "answers.json"))
right = {}
for name in ("rows", "alternating"):
    database = sqlite3.connect(":memory:")
    database.execute("create table T (who, college, votes)")
    database.executemany("insert into T values (?, ?, ?)", asked[name])
    for query, text in asked.items():
        if isinstance(text, str):
            right[f"{name}: {query}"] = [list(row) for row in database.execute(text)]
for query in seen:
    print(query, "AlaSQL", seen[query], "SQLite", right[query])

def same(rows):
    return sorted(map(tuple, rows))

first = [["乙"], ["丁"]]
for name in ("rows", "alternating"):
    assert same(right[f"{name}: first of each"]) == same(right[f"{name}: college not asked for"]) == same(first)
    assert same(right[f"{name}: first two"]) == same(first)
    assert seen[f"{name}: college not asked for"] == [["甲"]]
    assert [so_far for *_, so_far in sorted(right[f"{name}: running"], key=lambda row: row[1])] == [5, 12, 20, 29]
    assert [so_far for *_, so_far in seen[f"{name}: running"]] == [29] * 4
    assert seen[f"{name}: looked at"] == right[f"{name}: looked at"]
assert [place for *_, place in seen["rows: numbered"]] == [1, 2, 1, 2]
assert [place for *_, place in seen["alternating: numbered"]] == [1, 1, 1, 1]
assert seen["rows: first of each"] == [["甲"], ["丙"]]
assert seen["alternating: first of each"] == [["甲"], ["丙"], ["乙"], ["丁"]]
assert seen["rows: first two"] == [["甲"], ["乙"]] and seen["alternating: first two"] == [["甲"], ["丙"]]
PY
echo "as on 2026-11-30: the list decides"
