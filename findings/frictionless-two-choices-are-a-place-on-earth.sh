#!/usr/bin/env bash
# Frictionless takes ballots with two choices for places on the earth, and empties the ballot of whoever made one.
#
# The kind of a column is what nine of ten cells look like, and "1,3" looks like a geopoint, longitude and latitude. With
# a tenth ballot of "2" or "1,2,3" the column stays geopoint: extract gives None for it, write copies the list with an
# empty cell in its place, and neither says a word (validate, if one runs it, does). One ballot fewer of the common form, and
# all is text and right. Class 1-2 is a month, February of the year 1, and is written as 1-02, and the choice 1_3 is
# the number 13; of these two validate says that the list is valid. A schema that calls the columns strings keeps everything.
#
# Guessed before: class 1-2 may be taken for a date; geopoint was not guessed, nor that extract is silent.
# Seen with frictionless 5.21.0, Python 3.11, run on 2026-11-29.
# Who is hurt: who made use of one vote out of two: the ballot is counted as empty, that is as an abstention; and class
# 1-2, which is called 1-02 in the copy and is no class of the next list's.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q frictionless==5.21.0

cat >ballots.py <<'PY'
import csv, warnings

from frictionless import Resource, Schema, describe, extract, fields, validate

warnings.simplefilter("error", UserWarning)

def look(values, schema=None):
    with open("list.csv", "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["序号", "内容"], *([number, value] for number, value in enumerate(values, 1))])
    kind = describe("list.csv").schema.get_field("内容").type
    read = [row["内容"] for row in next(iter(extract("list.csv", schema=schema).values()))]
    Resource("list.csv", **({"schema": schema} if schema else {})).write("copy.csv")
    with open("copy.csv", encoding="utf-8", newline="") as file:
        copy = [row[1] for row in csv.reader(file)][1:]
    return kind, read, copy, validate("list.csv").valid

two = ["1,3", "2,5", "3,4", "1,2", "4,5", "1,3", "2,3", "1,5", "2,4"]
for one in ("2", "1,2,3"):
    kind, read, copy, is_valid = look([*two, one])
    print([*two, one], kind, read[0], "…", read[-1], "copied", copy[-2:])
    assert kind == "geopoint" and list(read[0]) == [1, 3] and read[-1] is None and copy == [*two, ""] and not is_valid
kind, read, copy, is_valid = look([*two[:8], "2"])
assert kind == "string" and read == copy == [*two[:8], "2"] and is_valid
for values, kind, copied in ((["1-2", "2-1", "1-12"], "yearmonth", ["1-02", "2-01", "1-12"]), (["1_3", "2_5"], "integer", ["13", "25"])):
    found, read, copy, is_valid = look(values)
    print(values, found, "copied", copy, "valid", is_valid)
    assert (found, copy, is_valid) == (kind, copied, True)
schema = Schema(fields=[fields.StringField(name="序号"), fields.StringField(name="内容")])
assert look([*two, "2"], schema)[2] == [*two, "2"]
print("as on 2026-11-29: ballots are places")
PY
v/bin/python ballots.py
