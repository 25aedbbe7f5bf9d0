#!/usr/bin/env bash
# WeasyPrint prints <ol start="5"> from 1 and the items with value="9" as they come: decision 5 of the page is decision 1 on paper.
#
# HTML says in the element where a list begins (start), which number an item has (value), and that it counts down (reversed); 决定 1
# and 2, a paragraph, and then <ol start="3"> is how one writes a list with something in between. WeasyPrint counts each list from 1. To
# it start, value and type are "presentational hints", like align and bgcolor, which are followed only if one asks for them
# (presentational_hints=True, -p); nothing says so, and with them reversed counts up all the same: <ol reversed start="9"> is 9, 10.
# CSS' counter-reset: list-item 4 is followed. On the screen the numbers are those that were meant, and the texts on paper are
# all there. xhtml2pdf, run beside it, follows start and not value. No warning.
#
# Guessed before: start is kept, reversed perhaps not.
# Seen with weasyprint 70.0, xhtml2pdf 0.2.28, pdfminer.six 20260107 (PyPI), WenQuanYi Micro Hei (Debian fonts-wqy-microhei
# 0.2.0-beta-3.1), Pango 1.50.12+ds-1 (Debian), Python 3.11, run on 2026-11-30.
# Who is hurt: a congress whose minutes are printed and sealed from the page: 决定5, which an appointment refers to, is another one or
# none on the paper, and a result counted down from the last place has the last as first.
#
# Needs Debian 12 with its package lists, and python3. Installs into a temporary folder alone.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q weasyprint==70.0 xhtml2pdf==0.2.28 pdfminer.six==20260107
mkdir -p debs/partial root
apt-get -qq -o Debug::NoLocking=1 -o Dir::State::status=/dev/null -o APT::Install-Recommends=false -o APT::Sandbox::User=root \
  -o Dir::Cache::archives="$t/debs" install --download-only -y fonts-wqy-microhei=0.2.0-beta-3.1 \
  libpango-1.0-0=1.50.12+ds-1 libpangoft2-1.0-0=1.50.12+ds-1 libharfbuzz-subset0=6.0.0+dfsg-3 >/dev/null
for deb in debs/*.deb; do dpkg-deb --fsys-tarfile "$deb" | tar -x -C root; done
cat >fonts.conf <<XML
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>$t/root/usr/share/fonts</dir><cachedir>$t/cache</cachedir></fontconfig>
XML

cat >print.py <<'PY'
import io
import logging

import weasyprint
from pdfminer.high_level import extract_pages
from pdfminer.layout import LTTextContainer, LTTextLine
from xhtml2pdf import pisa

logging.disable(logging.CRITICAL)

def numbers(pdf):
    """The number that stands before each item, from above to below."""
    lines = {}
    for page in extract_pages(io.BytesIO(pdf)):
        for box in page:
            for line in box if isinstance(box, LTTextContainer) else ():
                if isinstance(line, LTTextLine):
                    lines.setdefault(round(line.y0), []).append((line.x0, line.get_text().strip()))
    texts = ["".join(text for _, text in sorted(line)) for _, line in sorted(lines.items(), reverse=True)]
    return [text.split(".")[0] for text in texts if "." in text]

def printed(html, **more):
    return numbers(weasyprint.HTML(string=f"<html lang=zh><body>{html}").write_pdf(**more))

def beside(html):
    out = io.BytesIO()
    pisa.CreatePDF(f"<html><body>{html}", dest=out)
    return numbers(out.getvalue())

for html, right, seen, hinted, other in [
    ("<ol><li>甲<li>乙</ol><p>休会</p><ol start=3><li>丙<li>丁</ol>", "1 2 3 4", "1 2 1 2", "1 2 3 4", "1 2 3 4"),
    ("<ol start=5><li>甲<li>乙</ol>", "5 6", "1 2", "5 6", "5 6"),
    ("<ol><li>甲<li value=9>乙<li>丙</ol>", "1 9 10", "1 2 3", "1 9 10", "1 2 3"),
    ("<ol reversed><li>甲<li>乙<li>丙</ol>", "3 2 1", "1 2 3", "1 2 3", "1 2 3"),
    ("<ol reversed start=9><li>甲<li>乙</ol>", "9 8", "1 2", "9 10", "9 10"),
    ("<ol type=A><li>甲<li>乙</ol>", "A B", "1 2", "A B", "A B"),
    ("<ol style='counter-reset: list-item 4'><li>甲<li>乙</ol>", "5 6", "5 6", "5 6", "1 2"),
]:
    found = [" ".join(one) for one in (printed(html), printed(html, presentational_hints=True), beside(html))]
    print(html, "is", right, "| WeasyPrint", found[0], "| with hints", found[1], "| xhtml2pdf", found[2])
    assert found == [seen, hinted, other], html
PY
library=/usr/lib/x86_64-linux-gnu
FONTCONFIG_FILE=$t/fonts.conf LD_LIBRARY_PATH=$t/root$library:$t/root/lib/x86_64-linux-gnu v/bin/python print.py
echo "as on 2026-11-30: every list begins at 1"
