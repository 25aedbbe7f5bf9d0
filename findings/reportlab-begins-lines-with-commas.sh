#!/usr/bin/env bash
# In reportlab's mode for Chinese a full stop never begins a line, a comma does: ，；：？！》” and … are not on its list.
#
# Paragraphs with wordWrap="CJK" break between any two characters and let what must not begin a line hang over the margin. The
# list is a Japanese one in which ! , : ; and ? are the narrow ones of ASCII: 。 、 ） 」 】 〕 and ％ hang as they should, their Chinese
# neighbours ， ； ： ？ ！ and 》, the quotation marks ” and ’, … — and the dot of 阿不都·热合曼 begin a line. Japanese writes 、
# where Chinese writes ，, so that the commonest mark of all is the wrong one. The other list, of what must not end a
# line, is there and is not asked: （《“「 and 【 stand last. It is the same with marked-up text (<b>) and without. Without
# "CJK" no mark at all is held back.
#
# Guessed before: all marks right with "CJK", none without it.
# Seen with reportlab 5.1.0, Python 3.11, run on 2026-11-29.
# Who is hurt: notices and certificates that a portal prints: one line in many begins with a comma, which no Chinese paper
# does; samples with 。 and 、 look right.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q reportlab==5.1.0

cat >break.py <<'PY'
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph

pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))

def lines(text, **how):
    paragraph = Paragraph(text, ParagraphStyle("text", fontName="STSong-Light", fontSize=16, leading=24, **how))
    paragraph.wrap(12 * 16 + 1, 1000)
    return ["".join(getattr(part, "text", part) for part in (line[1] if isinstance(line, tuple) else line.words))
            for line in paragraph.blPara.lines]

def begins(mark, before="会", **how):
    return lines(before + "会" * 11 + mark + "员" * 8, **how)[1].startswith(mark)

for how in ({"wordWrap": "CJK"}, {}):
    for before in ("会", "<b>会</b>"):
        first = "".join(mark for mark in "。、）」』】〕％，；：？！》〉”’…—·" if begins(mark, before, **how))
        last = "".join(mark for mark in "（《“「【" if lines(before + "会" * 10 + mark + "员" * 8, **how)[0].endswith(mark))
        print(how, before, "begin a line:", first, "end one:", last)
        assert first == ("，；：？！》〉”’…—·" if how else "。、）」』】〕％，；：？！》〉”’…—·")
        assert last == "（《“「【"

decision = lines("经校学生代表大会全体会议，决定聘任张三同学为主席。", wordWrap="CJK")
print(decision)
assert decision == ["经校学生代表大会全体会议", "，决定聘任张三同学为主席。"]
print("as on 2026-11-29: a comma begins the line")
PY
v/bin/python break.py
