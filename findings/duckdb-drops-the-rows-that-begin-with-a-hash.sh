#!/usr/bin/env bash
# DuckDB, reading a list whose first column is 1, 2, #3 …, leaves out everybody whose row begins with #.
#
# read_csv guesses how a file is written, and one of the guesses is whether it has comments. If the first column is
# numbers but for a few with a # before them (#3 for an alternate, #301 for a room in the other building), the file has
# nicer types without those rows, so # is a comment to it and the people are gone: no error, not with strict_mode
# either, and with header, delim and all_varchar said by hand they are gone all the same. With a # in a column of names,
# or behind the number (3#), all rows are kept, and with # before every number too. The remedy is comment=''. polars and
# pandas, run beside it, have everybody.
#
# Guessed before: that comments are looked for only if one asks for them, as in every other reader.
# Seen with duckdb 2.0.1, polars 2.1.0, pandas 3.1.1, run on 2026-11-29.
# Who is hurt: the alternates marked with #, and the office that counts: delegates 5 instead of 7, and a quorum of them.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q duckdb==2.0.1 polars==2.1.0 pandas==3.1.1

cat >read.py <<'PY'
import duckdb, pandas, polars

names = ["张三", "李四", "王五", "赵六", "孙七", "周八", "吴九"]

def read(label, rows, kept, first="序号"):
    with open("list.csv", "w", encoding="utf-8") as file:
        file.write(f"{first},姓名\n" + "".join(f"{a},{b}\n" for a, b in rows))
    found = [str(row[1]) for row in duckdb.sql("select * from read_csv('list.csv')").fetchall()]
    print(f"{label}: {len(rows)} in the file, {len(found)} in DuckDB: {' '.join(found)}")
    assert len(found) == kept, found
    assert len(polars.read_csv("list.csv")) == len(pandas.read_csv("list.csv")) == len(rows)

marked = lambda number: number in (3, 6)
numbered = list(enumerate(names, 1))
read("two alternates", [(f"#{n}" if marked(n) else n, name) for n, name in numbered], 5)
for options, kept in (("strict_mode=true", 5), ("header=true, delim=',', all_varchar=true", 5), ("comment=''", 7)):
    found = len(duckdb.sql(f"select * from read_csv('list.csv', {options})").fetchall())
    print(f"  with {options}: {found}")
    assert found == kept
read("rooms", [(f"#{n}01" if marked(n) else f"{n}01", name) for n, name in numbered], 5, "房间")
read("all but one", [(f"#{n}" if n > 1 else n, name) for n, name in numbered], 1)
read("every number", [(f"#{n}", name) for n, name in numbered], 7)
read("behind the number", [(f"{n}#" if marked(n) else n, name) for n, name in numbered], 7)
read("before a name", [(f"#{name}" if marked(n) else name, name) for n, name in numbered], 7)
print("as on 2026-11-29: rows that begin with # are gone where the other rows begin with a number")
PY
v/bin/python read.py
