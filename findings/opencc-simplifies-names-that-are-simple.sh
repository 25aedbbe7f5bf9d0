#!/usr/bin/env bash
# OpenCC and zhconv, asked for simplified characters, change names that are written in them: 王濛 is 王蒙, 陈昇 is 陈升.
#
# 通用规范汉字表 of 2013 keeps 昇, 濛, 甯, 钜, 徵, 乾 and others as standard characters, many of them for names alone. The
# converters follow older tables in which they are traditional forms, and a list that is simplified throughout comes back
# with other names in it. The two do not agree with one another: zhconv also turns 甯静 into 宁静 and 苏甦 into 苏苏, OpenCC leaves
# both; OpenCC knows 乾坤 as a word, but not 郑乾. Nothing is reported, and names with real traditional characters
# (馮, 傑) come out as they should, so a look at the result of a mixed list finds it good.
#
# Seen with OpenCC 1.4.2 (t2s), zhconv 1.4.3 (zh-cn), run on 2026-11-28.
# Who is hurt: students with such names where an import "cleans" the characters first: 陈昇 and 陈升 of one class are one
# person, 王濛 is not on the roll, and a written-in vote for one goes to the other.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q opencc==1.4.2 zhconv==1.4.3

v/bin/python - <<'PY'
import opencc, zhconv

simplify = opencc.OpenCC("t2s").convert
both = {"陈昇": "陈升", "王濛": "王蒙", "徐徵": "徐征", "郑乾": "郑干"}
for name, became in both.items():
    print(name, "->", simplify(name), zhconv.convert(name, "zh-cn"))
    assert simplify(name) == zhconv.convert(name, "zh-cn") == became
for name, became in {"甯静": "宁静", "苏甦": "苏苏", "钜": "巨"}.items():
    print(name, "-> OpenCC", simplify(name), "zhconv", zhconv.convert(name, "zh-cn"))
    assert simplify(name) == name and zhconv.convert(name, "zh-cn") == became
assert simplify("乾坤") == "乾坤" and simplify("馮傑") == "冯杰"
print("as on 2026-11-28: a simplified list is simplified again")
PY
