#!/usr/bin/env bash
# docxcompose, joining a report that ends in a wide table and a decision, prints the table upright or the decision across.
#
# In Word the shape of a page stands behind what is on it: at the end of each section, and of the last at the end of the file.
# Composer.append puts a paper's text before that last shape of the first paper and leaves the paper's own last shape away. So
# whatever comes last gets the shape of the first paper's last section, and that section, whose shape has gone to the end,
# takes the next one that follows in the appended paper. 甲 is a report, upright, and a table, across. With 乙, a decision,
# behind it, the decision is across too; the other way about, the table is upright; of twice 甲 the first table is upright and
# the second across; with a paper of several sections behind it, the table takes that paper's first shape, and that paper's
# end is across. No text is lost, and no warning given.
#
# Guessed before: each paper keeps its pages, or all take those of the first.
# Seen with docxcompose 2.2.0, python-docx 1.2.0 (PyPI), Python 3.11, run on 2026-11-29.
# Who is hurt: a congress whose papers are joined by night: the wide table of the budget is squeezed on an upright page or cut
# off, and a paper without any table lies across.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q docxcompose==2.2.0 python-docx==1.2.0

v/bin/python - <<'PY'
from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml.ns import qn
from docxcompose.composer import Composer

def write(path, *pages):
    paper = Document()
    for place, (words, across) in enumerate(pages):
        section = paper.add_section(WD_SECTION.NEW_PAGE) if place else paper.sections[0]
        short, long = sorted((section.page_width, section.page_height))
        section.page_width, section.page_height = (long, short) if across else (short, long)
        section.orientation = WD_ORIENT.LANDSCAPE if across else WD_ORIENT.PORTRAIT
        paper.add_paragraph(words)
    paper.save(path)

def pages(path):
    """Each text with whether its page is wider than high: the next section's end says it."""
    found, waiting = {}, []
    for paragraph in Document(path).element.body:
        words = "".join(part.text or "" for part in paragraph.iter(qn("w:t")))
        waiting += [words] if words else []
        for size in paragraph.iter(qn("w:pgSz")):
            across = int(size.get(qn("w:w"))) > int(size.get(qn("w:h")))
            for words in waiting:
                found.setdefault(words, []).append("across" if across else "upright")
            waiting = []
    return found

def joined(*names):
    composer = Composer(Document(f"{names[0]}.docx"))
    for name in names[1:]:
        composer.append(Document(f"{name}.docx"))
    composer.save("joined.docx")
    return pages("joined.docx")

write("甲.docx", ("报告", False), ("决算表", True))
write("乙.docx", ("决议", False))
write("丙.docx", ("说明", False), ("名册", True), ("附则", False))
assert pages("甲.docx") == {"报告": ["upright"], "决算表": ["across"]}
assert pages("丙.docx") == {"说明": ["upright"], "名册": ["across"], "附则": ["upright"]}

for names, expected in (
    ("甲乙", {"报告": ["upright"], "决算表": ["across"], "决议": ["across"]}),
    ("乙甲", {"决议": ["upright"], "报告": ["upright"], "决算表": ["upright"]}),
    ("甲甲", {"报告": ["upright", "upright"], "决算表": ["upright", "across"]}),
    ("甲丙", {"报告": ["upright"], "决算表": ["upright"], "说明": ["upright"], "名册": ["across"], "附则": ["across"]}),
):
    found = joined(*names)
    print(names, found)
    assert found == expected
print("as on 2026-11-29: pages are turned")
PY
