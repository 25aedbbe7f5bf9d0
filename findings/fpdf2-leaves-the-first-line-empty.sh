#!/usr/bin/env bash
# fpdf2 leaves the first line of a paragraph empty that is indented by two wide blanks, and tears 张　三 at the end of a line.
#
# multi_cell breaks lines at blanks, and between Chinese characters only where a line has none. The wide blank (U+3000),
# with which Chinese paragraphs begin and two-character names are spread, counts as a blank. So of "　　经学生代表大会审议…" the
# line has a blank in front and then more characters than it holds: it breaks after the indent, and the text begins,
# flush left, on the second line. 张　三 near the end is torn, the only place in a list at which a line may end. 第一条 stands
# alone above its text. A paragraph that fits into one line keeps its indent, so a short sample is right.
# wrapmode="CHAR" keeps indent and name, and lets a 、 begin a line.
#
# Guessed before: the indent is kept or stripped.
# Seen with fpdf2 2.8.9, fonttools 4.68.0, pdfminer.six 20260107, WenQuanYi Micro Hei (Debian fonts-wqy-microhei
# 0.2.0-beta-3.1), Python 3.11, run on 2026-11-29.
# Who is hurt: decisions and certificates that are printed from text typed as one types Chinese: every longer paragraph has
# an empty line above it and no indent, and 张 and 三 are on two lines like two people.
#
# Needs Debian 12 with its package lists, and python3. Installs into a temporary folder alone.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
python3 -m venv "$t/v"
"$t/v/bin/pip" install -q fpdf2==2.8.9 fonttools==4.68.0 pdfminer.six==20260107
mkdir -p "$t/debs/partial" "$t/root"
apt-get -qq -o Debug::NoLocking=1 -o Dir::State::status=/dev/null -o APT::Install-Recommends=false -o APT::Sandbox::User=root \
  -o Dir::Cache::archives="$t/debs" install --download-only -y fonts-wqy-microhei=0.2.0-beta-3.1 >/dev/null
for deb in "$t"/debs/*.deb; do dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$t/root"; done

cat >"$t/break.py" <<'PY'
import io, logging, sys

from fpdf import FPDF
from pdfminer.high_level import extract_pages
from pdfminer.layout import LTChar

logging.disable(logging.CRITICAL)
font = f"{sys.argv[1]}/root/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"

def characters(item):
    if isinstance(item, LTChar):
        yield item
    elif hasattr(item, "__iter__"):
        for inner in item:
            yield from characters(inner)

def lines(text, **how):
    """Each line's characters, and how far from the margin the first that is inked stands."""
    pdf = FPDF(unit="pt")
    pdf.add_page()
    pdf.add_font("song", "", font)
    pdf.set_font("song", size=16)
    pdf.c_margin = 0
    pdf.multi_cell(12 * 16 + 8, 24, text, **how)
    found = {}
    for page in extract_pages(io.BytesIO(bytes(pdf.output()))):
        for one in characters(page):
            found.setdefault(round(one.y0), []).append(one)
    out = []
    for _, line in sorted(found.items(), reverse=True):
        line.sort(key=lambda one: one.x0)
        inked = [one.x0 for one in line if one.get_text().strip()]
        out.append(("".join(one.get_text() for one in line).strip(), round(min(inked) - pdf.l_margin) if inked else None))
    return out

long, short = "\u3000\u3000经学生代表大会审议，决定聘任张三同学为主席，任期一年。", "\u3000\u3000经学生代表大会审议。"
print(lines(long))
assert lines(long) == [("", None), ("经学生代表大会审议，决定", 0), ("聘任张三同学为主席，任期", 0), ("一年。", 0)]
print(lines(short))
assert lines(short) == [("经学生代表大会审议。", 32)]
assert lines("第一条 " + long.strip())[:2] == [("第一条", 0), ("经学生代表大会审议，决定", 0)]
names = "出席会议的学生代表张\u3000三、李\u3000四、王五"
print(lines(names))
assert [line for line, _ in lines(names)] == ["出席会议的学生代表张", "三、李\u3000四、王五"]
print(lines(long, wrapmode="CHAR"), lines(names, wrapmode="CHAR"))
assert lines(long, wrapmode="CHAR")[0] == ("经学生代表大会审议，", 32)
assert [line for line, _ in lines(names, wrapmode="CHAR")] == ["出席会议的学生代表张\u3000三", "、李\u3000四、王五"]
print("as on 2026-11-29: the indent has a line of its own")
PY
"$t/v/bin/python" "$t/break.py" "$t"
