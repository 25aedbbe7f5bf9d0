#!/usr/bin/env bash
# docx-mailmerge2 prints 66.7 as 6670% where the template says \# 0.0%, and 0.496, given as a share, as 50%.
#
# In Word % in a field's number picture is a letter: { MERGEFIELD 赞成率 \# 0.0% } of 66.7 prints 66.7%, so templates that
# came out of Word's mail merge are fed with per cent. docx-mailmerge2 knows the pictures, and follows Word in 0.0, #,##0,
# 0000, ￥#,##0.00, 第0号 and in the dates; at % it multiplies by a hundred and leaves the places away: 66.7 is 6670%. Who
# sees that and gives the share instead gets 67% for 0.667 by 0%, 0.0% and 0.00% alike, and 50% for 0.496. A half is
# rounded to the even number, 44.5 by 0 is 44, where Word has 45; h:mm at half past noon is 0:30. A string is printed as
# it is, with a warning; with numbers there is none.
#
# Guessed before: it follows Word; that the places are left away was not guessed either.
# Seen with docx-mailmerge2 1.0.3, python-docx 1.2.0 (PyPI), Python 3.11, run on 2026-11-28.
# Who is hurt: a motion that has 49.6% of the votes, and so failed, is announced with 50%; one with 66.6%, where two thirds
# are asked for, with 67%.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q docx-mailmerge2==1.0.3 python-docx==1.2.0

v/bin/python - <<'PY'
import datetime, re, warnings, zipfile
from html import escape
import docx
from docx.oxml import parse_xml
from mailmerge import MailMerge

warnings.simplefilter("error")
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

def merged(picture, value):
    """The text of a document with one field of that picture, filled with the value."""
    kind = lambda name: f'<w:r><w:fldChar w:fldCharType="{name}"/></w:r>'
    code = f'<w:r><w:instrText xml:space="preserve"> MERGEFIELD 值 {escape(picture)} </w:instrText></w:r>'
    kept = kind("separate") + "<w:r><w:t>«值»</w:t></w:r>" + kind("end")
    document = docx.Document()
    document.element.body.insert(0, parse_xml(f'<w:p xmlns:w="{W}">{kind("begin")}{code}{kept}</w:p>'))
    document.save("form.docx")
    with MailMerge("form.docx") as form:
        form.merge(值=value)
        form.write("letter.docx")
    body = zipfile.ZipFile("letter.docx").read("word/document.xml").decode()
    return re.sub("<[^>]*>", "", body[body.index("<w:body"):]).strip()

noon = datetime.datetime(2026, 9, 4, 12, 30)
for picture, value, text in (
    (r"\# 0.0%", 66.7, "6670%"), (r"\# 0%", 60, "6000%"), (r'\# "0.00%"', 66.67, "6667%"),
    (r"\# 0%", 0.667, "67%"), (r"\# 0.0%", 0.667, "67%"), (r"\# 0.00%", 0.6667, "67%"),
    (r"\# 0.0%", 0.496, "50%"), (r"\# 0.0%", 0.666, "67%"),
    (r"\# 0.0", 66.7, "66.7"), (r"\# #,##0", 1234, "1,234"), (r"\# 0000", 7, "0007"), (r'\# "第0号"', 7, "第7号"),
    (r"\# 0", 44.5, "44"), (r"\# 0", 45.5, "46"),
    (r'\@ "yyyy年M月d日 HH:mm"', noon, "2026年9月4日 12:30"), (r'\@ "M月d日 h:mm"', noon, "9月4日 0:30"),
):
    print(picture, value, "->", merged(picture, value))
    assert merged(picture, value) == text, merged(picture, value)
print("as on 2026-11-28: % multiplies by a hundred and has no places")
PY
