#!/usr/bin/env bash
# jellyfish.match_rating_comparison says True for any two different Chinese names of two characters: 张三 is 李四.
#
# The Match Rating Approach compares how names are written, with a threshold by their length. On Chinese names of two
# characters jellyfish says True for each of the 79,800 pairs below, those without a character in common too; of names
# of three, whenever they share one. Between two and three characters it says None. metaphone() is "" for every Chinese
# name, so that two metaphones are always the same. Neither raises, and Latin names of two and three letters (ab and cd)
# are told apart, so the surprise waits for the real list. Soundex, by contrast, keeps the surname (张000).
#
# Seen with jellyfish 1.3.0, run on 2026-11-28.
# Who is hurt: students with two-character names in a merge of two lists by "similar name": each is like every other,
# and the one that comes first gets the votes, the office or the record of failed courses.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q jellyfish==1.3.0

v/bin/python - <<'PY'
import collections, itertools
import jellyfish

surnames, given = "陈张李王刘杨黄赵吴周徐孙马朱胡郭何高林罗", "静伟芳娜敏丽强磊军洋勇艳杰娟涛明超兰霞平"
two = [a + b for a in surnames for b in given]
three = [a + b + c for a in surnames[:8] for b in given[:8] for c in given[8:12]]

def said(pairs):
    return dict(collections.Counter(jellyfish.match_rating_comparison(*pair) for pair in pairs))

all_two = said(itertools.combinations(two, 2))
pairs = list(itertools.combinations(three, 2))
apart = said(pair for pair in pairs if not set(pair[0]) & set(pair[1]))
shared = said(pair for pair in pairs if set(pair[0]) & set(pair[1]))
print("two characters:", all_two, "| three, none shared:", apart, "| three, one shared or more:", shared)
print("张三 李四:", jellyfish.match_rating_comparison("张三", "李四"), "| ab cd:", jellyfish.match_rating_comparison("ab", "cd"))
print("metaphone:", repr(jellyfish.metaphone("张三")), "soundex:", jellyfish.soundex("张三"))
assert set(all_two) == {True} and sum(all_two.values()) == 400 * 399 // 2
assert set(apart) == {False}
assert True in shared
assert jellyfish.match_rating_comparison("张三", "李四") is True
assert jellyfish.match_rating_comparison("ab", "cd") is False
assert jellyfish.metaphone("张三") == jellyfish.metaphone("李四") == ""
print("as on 2026-11-28: all names of two characters are similar")
PY
