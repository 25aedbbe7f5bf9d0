#!/usr/bin/env bash
# segno, told to write 陈静 as UTF-8, writes Japanese: the code is in Kanji mode, and readers rightly give 髯磯撕.
#
# segno.make("陈静", encoding="utf-8") makes the bytes and then looks whether they could be pairs of Shift JIS; where they
# could, it packs them in QR's Kanji mode, which means Shift JIS whatever was asked. The six UTF-8 bytes of two Chinese
# characters often could: 110 of the 400 names below, of 20 common surnames and 20 common given names. eci=True, there
# to name the encoding, is dropped together with the byte mode. So no reader guesses wrong: zxing and jsQR do what the
# code says. OpenCV alone gives 陈静, for it hands out the bytes of Kanji mode as if they were UTF-8: a test with OpenCV
# passes. Three characters make nine bytes, an odd number, so 张小明 is always right. mode="byte" is the remedy.
#
# Seen with segno 1.6.6, zxing-cpp 3.1.1, opencv-python-headless 5.0.0.93, Pillow 13.0.0 (PyPI), jsqr 1.4.0, pngjs 7.0.0
# (npm), Node 20, run on 2026-11-28.
# Who is hurt: delegates whose badge carries the name as a code: at the door 髯磯撕 is on no list. It meets people with two
# characters in their names, one in four of them, never the others, so the sample badges were fine.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q segno==1.6.6 zxing-cpp==3.1.1 opencv-python-headless==5.0.0.93 pillow==13.0.0
npm init -y >/dev/null
npm install --silent --no-audit --no-fund jsqr@1.4.0 pngjs@7.0.0 >/dev/null

cat >jsqr.js <<'JS'
const { PNG } = require('pngjs');
const picture = PNG.sync.read(require('fs').readFileSync(process.argv[2]));
console.log(require('jsqr')(new Uint8ClampedArray(picture.data), picture.width, picture.height).data);
JS

v/bin/python - <<'PY'
import io, subprocess
import cv2, numpy, segno, zxingcpp
from PIL import Image

def readers(name, **how):
    code = segno.make(name, micro=False, **how)
    png = io.BytesIO()
    code.save(png, kind="png", scale=8)
    picture = Image.open(png).convert("RGB")
    picture.save("code.png")
    pixels = numpy.array(picture.convert("L"))
    return (
        code.mode,
        zxingcpp.read_barcodes(pixels)[0].text,
        subprocess.run(["node", "jsqr.js", "code.png"], capture_output=True, text=True, check=True).stdout.strip(),
        cv2.QRCodeDetector().detectAndDecode(pixels)[0],
    )

wrong = ("kanji", "髯磯撕", "髯磯撕", "陈静")
for name, how, expected in [
    ("陈静", {"encoding": "utf-8"}, wrong),
    ("陈静", {"encoding": "utf-8", "eci": True}, wrong),
    ("陈静", {}, wrong),
    ("陈静", {"encoding": "utf-8", "mode": "byte"}, None),
    ("张小明", {"encoding": "utf-8"}, ("byte", "张小明", "张小明", "张小明")),
]:
    seen = readers(name, **how)
    print(name, how, "-> mode, zxing, jsQR, OpenCV:", *seen)
    assert seen == expected or (expected is None and seen[0] == "byte"), seen

names = [a + b for a in "陈张李王刘杨黄赵吴周徐孙马朱胡郭何高林罗" for b in "静伟芳娜敏丽强磊军洋勇艳杰娟涛明超兰霞平"]
japanese = [name for name in names if segno.make(name, micro=False, encoding="utf-8", eci=True).mode == "kanji"]
print(len(japanese), "of", len(names), "names in Kanji mode:", *japanese[:8], "…")
assert len(japanese) == 110
print("as on 2026-11-28: UTF-8 that could be Shift JIS is written as Kanji")
PY
