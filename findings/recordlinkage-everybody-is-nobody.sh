#!/usr/bin/env bash
# recordlinkage: once cleaned, every Chinese name is "", and by Compare.exact each person of one list is each of the other.
#
# preprocessing.clean makes names comparable before they are compared: small letters, no brackets, one blank. What is neither a
# letter from A to Z nor a figure it takes away, so that 张三, 李四 and 欧阳修 are empty texts, while "Zhang San" is "zhang san" and
# student numbers stay; of 张三A there is "a". exact() then finds all of them equal, 1, without a name in common, and an index
# block on it pairs everybody with everybody. jarowinkler and levenshtein, of two empty texts, give 0: nobody is
# anybody, not even oneself. phonetic("metaphone") is "" for all of them too. The rule can be changed (replace_by_none), and with
# the names as they are all comparisons are right. A warning there is none.
#
# Guessed before: it takes away punctuation; "letters" are what Python's \w has.
# Seen with recordlinkage 0.16, pandas 2.3.3 (PyPI), Python 3.11, run on 2026-11-30.
# Who is hurt: whoever is on a register that is joined to another by name and college: offices, votes and failed courses go
# to the first of the same college.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q recordlinkage==0.16 pandas==2.3.3

cat >link.py <<'PY'
import warnings

import pandas
import recordlinkage
from recordlinkage.preprocessing import clean, phonetic

warnings.filterwarnings("ignore", category=RuntimeWarning)
roll = pandas.DataFrame({"name": ["张三", "李四", "王五"], "college": "软件"})
votes = pandas.DataFrame({"name": ["赵六", "李四", "钱七"], "college": "软件"})
mixed = clean(pandas.Series(["张三", "欧阳修（班长）", "张三A", "Zhang San", "2024-0001"]))
print(mixed.tolist())
assert mixed.tolist() == ["", "", "a", "zhang san", "2024 0001"]
for each in (roll, votes):
    each["clean"] = clean(each["name"])
    assert phonetic(each["name"], "metaphone").tolist() == ["", "", ""]

def compare(column):
    pairs = recordlinkage.Index()
    pairs.block("college")
    scores = recordlinkage.Compare()
    scores.exact(column, column, label="exact")
    scores.string(column, column, method="jarowinkler", label="jarowinkler")
    return scores.compute(pairs.index(roll, votes), roll, votes)

seen, right = compare("clean"), compare("name")
print(seen)
assert seen["exact"].tolist() == [1] * 9 and seen["jarowinkler"].tolist() == [0] * 9
assert right["exact"].tolist() == [0, 0, 0, 0, 1, 0, 0, 0, 0]
assert right["jarowinkler"].tolist() == [0, 0, 0, 0, 1, 0, 0, 0, 0]
by_name = recordlinkage.Index()
by_name.block("clean")
assert len(by_name.index(roll, votes)) == 9
PY
v/bin/python link.py
echo "as on 2026-11-30: nobody has a name, and all have the same"
