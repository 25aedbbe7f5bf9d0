#!/usr/bin/env bash
# segno writes 李 with eci=True as "I*/BL0Y60000": short names go into a Micro QR code, which has no place for ECI.
#
# eci=True says in the code itself that what follows is UTF-8 or GB 18030. segno.make takes a Micro QR code where the text
# is short enough, and Chinese names are. A Micro code can name no encoding and has no sign for it; segno puts the header of
# the large code there all the same, and a reader takes its first bits for "letters and figures" or, in size M4, for Kanji,
# and reads on from there. The check digits are right, so zxing gives, without doubt, twelve letters and figures that look
# like somebody's number. Names of four characters (欧阳小明) make a code that zxing does not find at all. A whole sentence goes
# into a large code and is right, as are figures alone, 20240001; and with micro=False all is right.
#
# Guessed before: with eci=True it takes the large code, or says that the small one cannot do it.
# Seen with segno 1.6.6, zxing-cpp 3.1.1, Pillow 13.0.0, Python 3.11, run on 2026-11-29.
# Who is hurt: delegates whose badge or seat carries the name as a code: nearly all have two or three characters, and at the
# door each is somebody with a number that no list has. One tries it with the address of the portal, which is long.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q segno==1.6.6 zxing-cpp==3.1.1 Pillow==13.0.0

v/bin/python - <<'PY'
import io

import segno
import zxingcpp
from PIL import Image

def read(code):
    picture = io.BytesIO()
    code.save(picture, kind="png", scale=6, border=4)
    found = zxingcpp.read_barcodes(Image.open(picture).convert("RGB"))
    assert len(found) < 2, found
    return found[0].text if found else None

expected = {
    ("李", "utf-8"): "I*/BL0Y60000",
    ("张三", "gb18030"): "L1J0455S0000",
    ("王芳", "gb18030"): "L1ID%8:00000",
    ("张小明", "gb18030"): "L2J0463QY$WW",
}
for (name, encoding), text in expected.items():
    code = segno.make(name, encoding=encoding, eci=True)
    print(name, encoding, code.designator, "->", read(code))
    assert code.is_micro and code.mode == "byte" and read(code) == text
    assert read(segno.make(name, encoding=encoding, eci=True, micro=False)) == name

for name in ("张小明", "欧阳修"):
    code = segno.make(name, encoding="utf-8", eci=True)
    print(name, "utf-8", code.designator, "->", read(code))
    assert code.version == "M4" and read(code) != name
    assert read(segno.make(name, encoding="utf-8")) == name

four = segno.make("欧阳小明", encoding="utf-8", eci=True)
print("欧阳小明 utf-8", four.designator, "->", read(four))
assert four.is_micro and read(four) is None
longer = segno.make("校学生会代表大会", encoding="utf-8", eci=True)
assert not longer.is_micro and read(longer) == "校学生会代表大会"
assert read(segno.make("20240001", eci=True)) == "20240001"

surnames, given = "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"
names = [first + second for first in surnames for second in given]
codes = [segno.make(name, encoding="gb18030", eci=True) for name in names]
wrong = sum(read(code) != name for code, name in zip(codes, names, strict=True))
print(wrong, "of", len(names), "names of two characters are something else")
assert wrong == 400
print("as on 2026-11-29: a name that says its encoding is a number")
PY
