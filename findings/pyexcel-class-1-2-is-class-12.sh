#!/usr/bin/env bash
# pyexcel reads class 1_2 of a CSV as the number 12, and the choice 1_3 as 13; class 1_12 and room 3_201 stay as they are.
#
# pyexcel makes numbers of what looks like one, and asks Python, to which 1_2 has been a number since 3.6 (PEP 515). Its
# authors know that and turn such texts away first, but with a pattern whose "." stands for any character, so that it wants
# two digits behind the last underscore: 1_12 is turned away, 1_2 is not. The first nine classes of each year become 11
# to 19, the tenth and all behind it are text, in the same column. The choice 1,3 is 13 as well. The zeros of
# 0020240001 are kept, and so is 1-3. The remedy is auto_detect_float=False with auto_detect_int=False.
#
# Seen with pyexcel 0.7.6, pyexcel-io 0.6.8, run on 2026-11-29.
# Who is hurt: class 1_2, whose delegates are put down to a class 12 that does not exist or that has its own; and ballots
# on which 1_3 meant candidates 1 and 3.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q pyexcel==0.7.6 pyexcel-io==0.6.8

cat >classes.csv <<'CSV'
姓名,班,志愿,寝室,学号
张三,1_2,1_3,3_201,0020240001
李四,1_12,"1,3",3_302,0020240002
王五,2_1,1-3,4_101,0020240003
CSV
v/bin/python - <<'PY'
import pyexcel

rows = pyexcel.get_array(file_name="classes.csv")[1:]
for row in rows:
    print(*(repr(cell) for cell in row))
assert rows == [["张三", 12, 13, "3_201", "0020240001"], ["李四", "1_12", 13, "3_302", "0020240002"],
                ["王五", 21, "1-3", "4_101", "0020240003"]], rows
told = pyexcel.get_array(file_name="classes.csv", auto_detect_float=False, auto_detect_int=False)[1:]
assert [row[1:3] for row in told] == [["1_2", "1_3"], ["1_12", "1,3"], ["2_1", "1-3"]], told
print("as on 2026-11-29: class 1_2 is 12, class 1_12 is itself")
PY
