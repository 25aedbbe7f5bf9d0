#!/usr/bin/env bash
# cn2an.transform, which turns the numbers of a sentence into digits, makes 张三 "张3", 王一 "王1" and 一致通过 "1致通过".
#
# It is the function for whole sentences, and on those of its documentation it does what one wants: 出席代表一百零五人 is
# 105人, 三分之二以上 2/3以上, 第二十三次 第23次. But each 一, 三, 十 that stands in a word or a name is a number too: 统一部署 is
# 统1部署, 三好学生 3好学生. Only runs that are no number in form (万一, 千方百计) are left, with a warning; what is wrong comes without
# one. The other way, an2cn, reads a student number as an amount: 学号2024010101 is 学号二十亿二千四百零一万零一百零一.
#
# Seen with cn2an 0.5.24, run on 2026-11-28.
# Who is hurt: a congress whose minutes are put into digits before they are searched or filed: delegates called 王一 or
# 李三 are in no list of those present, and the motion was "1致通过".
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q cn2an==0.5.24

v/bin/python - <<'PY'
import warnings
import cn2an

warnings.simplefilter("error")
right = {"出席代表一百零五人": "出席代表105人", "三分之二以上": "2/3以上", "第二十三次学生代表大会": "第23次学生代表大会"}
wrong = {"张三、李四": "张3、李4", "王一，男，二十岁": "王1，男，20岁", "一致通过": "1致通过", "统一部署": "统1部署", "三好学生": "3好学生"}
for text, expected in (right | wrong).items():
    became = cn2an.transform(text, "cn2an")
    print(text, "->", became)
    assert became == expected, became
number = cn2an.transform("学号2024010101", "an2cn")
print(number)
assert number == "学号二十亿二千四百零一万零一百零一"
print("as on 2026-11-28: names with a number in them are numbers")
PY
