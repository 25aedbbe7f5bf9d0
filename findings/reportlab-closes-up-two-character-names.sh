#!/usr/bin/env bash
# reportlab's paragraphs close up 张　三, spread to the width of 欧阳修, and strip the two wide blanks of an indent.
#
# Lists of names give two characters the width of three with a wide blank (U+3000), and people who type a paragraph begin it with
# two. To Paragraph both are white space like a line's end in HTML: at the beginning it is stripped, within the text it
# becomes one narrow blank, a fifth as wide. wordWrap="CJK" does not change that. A blank given as &#12288; is
# kept with "CJK", and without it is lost altogether: 张三. The same names as plain strings in a Table are kept as they
# are, so that two columns of one table, one of strings and one of Paragraphs, are not the same.
#
# Guessed before: kept, at least with "CJK".
# Seen with reportlab 5.1.0, Python 3.11, run on 2026-11-29.
# Who is hurt: lists of candidates and certificates whose names no longer stand below each other, and papers whose
# paragraphs all begin flush left though every one was typed with its two blanks.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q reportlab==5.1.0 pdfminer.six==20260107

cat >width.py <<'PY'
import io

from pdfminer.high_level import extract_pages
from pdfminer.layout import LTChar
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))

def characters(item):
    if isinstance(item, LTChar):
        yield item
    elif hasattr(item, "__iter__"):
        for inner in item:
            yield from characters(inner)

def drawn(*what):
    """From where to where each line is inked."""
    out = io.BytesIO()
    SimpleDocTemplate(out, leftMargin=0, rightMargin=0).build(list(what))
    found = {}
    for page in extract_pages(io.BytesIO(out.getvalue())):
        for one in characters(page):
            if one.get_text().strip():
                found.setdefault(round(one.y0), []).append(one)
    return [(round(min(c.x0 for c in line)), round(max(c.x1 for c in line))) for _, line in sorted(found.items(), reverse=True)]

def text(words, **how):
    return Paragraph(words, ParagraphStyle("text", fontName="STSong-Light", fontSize=16, leading=24, **how))

def widths(*what):
    return [right - left for left, right in drawn(*what)]

for how in ({"wordWrap": "CJK"}, {}):
    names = widths(text("欧阳修", **how), text("张\u3000三", **how), text("张&#12288;三", **how))
    print(how, "欧阳修, 张　三, 张&#12288;三:", names)
    assert names == [48, 35, 48 if how else 32], names
    typed, plain = drawn(text("\u3000\u3000经大会审议", **how), text("经大会审议", **how))
    print(how, "with two wide blanks, and without:", typed, plain)
    assert typed == plain
cells = Table([["欧阳修"], ["张\u3000三"]], style=TableStyle([("FONT", (0, 0), (-1, -1), "STSong-Light", 16)]))
print("strings in a table:", widths(cells))
assert widths(cells) == [48, 48]
print("as on 2026-11-29: the wide blank is a narrow one, or none")
PY
v/bin/python width.py
