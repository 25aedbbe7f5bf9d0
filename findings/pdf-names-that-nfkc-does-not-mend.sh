#!/usr/bin/env bash
# Names taken from a PDF that Chromium printed come out as radicals, ⻢⽂⻰ for 马文龙, and NFKC mends 文 but never 马 and 龙.
#
# In Noto CJK a character and the radical of the same shape are one glyph, and the PDF's table leads back to the
# radical. Chromium puts the real text beside it (ActualText), which pdftotext takes; pypdf and pdfminer.six do not, and
# give radicals for every 马 龙 黄 齐 韦 风 方 文 高 金. The advice that one finds is NFKC. It mends the Kangxi radicals (⽂ ⽅ ⾼
# ⾦), but Unicode has the simplified ones in another block (CJK Radicals Supplement) and gives them no mapping: ⻢ ⻰ ⻩ ⻬
# ⻙ ⻛ stay. And ⼾ becomes the traditional 戶, so that 户 comes back as a third character. On paper and screen all look
# right.
#
# Seen with chromium-headless-shell 156.0.8078.108 and fonts-noto-cjk of Debian 12, poppler-utils 22.12.0, pypdf 7.1.1,
# pdfminer.six 20260107, Python 3.11, run on 2026-11-28.
# Who is hurt: 马, 龙, 黄, 齐, 韦: their rows of a published roster, read back from the PDF, match nobody, also after the
# cleaning that put 文, 方, 高 and 金 right and so looked like the whole remedy.
#
# Needs Debian 12 with its package lists, and python3. Installs into a temporary folder alone.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
python3 -m venv "$t/v"
"$t/v/bin/pip" install -q pypdf==7.1.1 pdfminer.six==20260107
mkdir -p "$t/debs/partial" "$t/root"
apt-get -qq -o Debug::NoLocking=1 -o Dir::State::status=/dev/null -o APT::Install-Recommends=false -o APT::Sandbox::User=root \
  -o Dir::Cache::archives="$t/debs" install --download-only -y chromium-headless-shell=156.0.8078.108-1~deb12u1 \
  fonts-noto-cjk=1:20220127+repack1-1 poppler-utils=22.12.0-2+deb12u3 >/dev/null
for deb in "$t"/debs/*.deb; do dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$t/root" --exclude=./usr/share/doc; done
echo "<fontconfig><dir>$t/root/usr/share/fonts</dir><cachedir>$t/fontcache</cachedir></fontconfig>" >"$t/fonts.conf"
run() {
  local program=$1
  shift
  env -i PATH="$PATH" HOME="$t" LC_ALL=C.UTF-8 FONTCONFIG_FILE="$t/fonts.conf" \
    LD_LIBRARY_PATH="$t/root/usr/lib/x86_64-linux-gnu:$t/root/lib/x86_64-linux-gnu" "$t/root/usr/$program" "$@"
}

cat >"$t/roster.html" <<'HTML'
<!doctype html><meta charset="utf-8"><body lang="zh-CN" style="font-family: 'Noto Sans CJK SC'">
<p>马文龙 黄方 齐高 韦金风 户小川 李伟</p>
HTML
run lib/chromium/chromium-headless-shell --no-sandbox --disable-gpu --user-data-dir="$t/profile" \
  --no-pdf-header-footer --print-to-pdf="$t/roster.pdf" "file://$t/roster.html" 2>"$t/log" || { cat "$t/log" >&2; exit 1; }
run bin/pdftotext "$t/roster.pdf" "$t/roster.txt"

"$t/v/bin/python" - "$t/roster.pdf" "$t/roster.txt" 2>/dev/null <<'PY'
import sys, unicodedata
from pdfminer.high_level import extract_text
from pypdf import PdfReader

names = "马文龙 黄方 齐高 韦金风 户小川 李伟"
squeezed = lambda text: " ".join(text.split())
seen = {
    "pdftotext": squeezed(open(sys.argv[2], encoding="utf-8").read()),
    "pypdf": squeezed(PdfReader(sys.argv[1]).pages[0].extract_text()),
    "pdfminer.six": squeezed(extract_text(sys.argv[1])),
}
for reader, text in seen.items():
    print(reader, text, "| NFKC:", unicodedata.normalize("NFKC", text))
joined = {reader: text.replace(" ", "") for reader, text in seen.items()}
mended = {reader: unicodedata.normalize("NFKC", text) for reader, text in joined.items()}
if seen["pdftotext"] != names:
    print("otherwise than on 2026-11-28: pdftotext"), sys.exit(1)
for reader in ("pypdf", "pdfminer.six"):
    if joined[reader] != "⻢⽂⻰⻩⽅⻬⾼⻙⾦⻛⼾⼩川李伟" or mended[reader] != "⻢文⻰⻩方⻬高⻙金⻛戶小川李伟":
        print("otherwise than on 2026-11-28:", reader, joined[reader], mended[reader]), sys.exit(1)
print("as on 2026-11-28: NFKC leaves 马 龙 黄 齐 韦 风 as radicals and makes 戶 of 户")
PY
