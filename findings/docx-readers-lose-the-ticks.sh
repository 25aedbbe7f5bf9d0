#!/usr/bin/env bash
# A form says 是☑ 否□. Which box is ticked depends on the reader, and on how Word was asked for the tick; often there is
# none.
#
# Three ways lead to the same look in a Chinese Word: 带圈字符 (a box round √, kept as a field EQ \o\ac(□,√) without a
# result), 插入符号 (character F052 of Wingdings 2, kept as w:sym), and the check box of the developer's tab (a content
# control). All three are ordinary in the forms that people fill in. python-docx reads none of them: "服从调剂：是否".
# mammoth's raw text has the symbol, docx2txt has the content control, pandoc both; the first way, which needs nothing
# but the ribbon, nobody has. No reader warns that something stood there.
#
# Seen with python-docx 1.2.0, mammoth 1.13.0, docx2txt 0.9, pandoc 3.9 (pypandoc-binary 1.17), run on 2026-11-28.
# Who is hurt: the secretary who collects application forms (服从调剂, 有无不及格, 本人同意参选) by a program: the answers are gone
# while the questions are all there, and 是否 reads like a question that nobody answered.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q python-docx==1.2.0 mammoth==1.13.0 docx2txt==0.9 pypandoc-binary==1.17

v/bin/python - <<'PY'
import docx, docx2txt, mammoth, pypandoc
from docx.oxml import parse_xml

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W14 = "http://schemas.microsoft.com/office/word/2010/wordml"

def text(words):
    return f'<w:r><w:t xml:space="preserve">{words}</w:t></w:r>'

def enclosed(mark):
    char = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'.format
    code = f'<w:r><w:instrText xml:space="preserve"> EQ \\o\\ac(□,{mark}) </w:instrText></w:r>'
    return char("begin") + code + char("end")

def symbol(place):
    return f'<w:r><w:sym w:font="Wingdings 2" w:char="{place}"/></w:r>'

def control(ticked):
    box = f'<w14:checkbox><w14:checked w14:val="{ticked}"/></w14:checkbox>'
    return f'<w:sdt><w:sdtPr>{box}</w:sdtPr><w:sdtContent>{text("☐☒"[ticked])}</w:sdtContent></w:sdt>'

ways = {
    "带圈字符": text("是") + enclosed("√") + text(" 否□"),
    "插入符号": text("是") + symbol("F052") + text(" 否") + symbol("F0A3"),
    "内容控件": text("是") + control(1) + text(" 否") + control(0),
}
form = docx.Document()
for line in ways.values():
    paragraph = form.add_paragraph()._p
    for run in parse_xml(f'<w:p xmlns:w="{W}" xmlns:w14="{W14}">{line}</w:p>'):
        paragraph.append(run)
form.save("form.docx")

seen = {
    "python-docx": "\n".join(p.text for p in docx.Document("form.docx").paragraphs),
    "mammoth": mammoth.extract_raw_text(open("form.docx", "rb")).value,
    "docx2txt": docx2txt.process("form.docx"),
    "pandoc": pypandoc.convert_file("form.docx", "plain", extra_args=["--wrap=none"]),
}
expected = {
    "python-docx": ["是 否□", "是 否", "是 否"],
    "mammoth": ["是 否□", "是☑ 否□", "是 否"],
    "docx2txt": ["是 否□", "是 否", "是☒ 否☐"],
    "pandoc": ["是 否□", "是☑ 否⬜", "是☒ 否☐"],
}
assert pypandoc.get_pandoc_version() == "3.9"
for reader, words in seen.items():
    lines = [line for line in words.split("\n") if line]
    print(reader, dict(zip(ways, lines)))
    assert lines == expected[reader], reader
print("as on 2026-11-28: no reader has the ticks of all three ways, and none has those of the first")
PY
