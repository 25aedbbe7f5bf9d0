#!/usr/bin/env bash
# LibreOffice reads Word's "允许标点溢出边界" the wrong way round: forbidden, the comma stands in the margin; allowed, it does
# not.
#
# w:overflowPunct says whether a punctuation mark that has no room any more may stand in the margin. Absent, it may, and
# so it does in LibreOffice. Said aloud it is turned round: with "0", which Word writes when the box is cleared, the
# comma behind the 28th character hangs out of the page's text; with "1" the 28th character goes to the next line
# together with it. Saved as .docx the value is turned round too, so a paper that goes through LibreOffice has the
# opposite of what its author chose, and after a second time what was chosen again. No text is changed, so nothing but a
# look at the page finds it.
#
# Guessed before: that LibreOffice, which has the same switch and shows it in its dialog, would simply keep it.
# Seen with LibreOffice Writer 7.4.7.2 (Debian 4:7.4.7-1+deb12u14), PDF read with pdfminer.six 20260107, run on 2026-11-29.
# Who is hurt: the office whose papers follow GB/T 9704 (28 characters to a line, 22 lines to a page): lines break
# elsewhere than in Word, and with one line more the seal comes to stand on a page of its own.
#
# Needs Debian 12 with its package lists, and python3. Installs into a temporary folder alone.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
python3 -m venv "$t/v"
"$t/v/bin/pip" install -q pdfminer.six==20260107
mkdir -p "$t/debs/partial" "$t/root"
apt-get -qq -o Debug::NoLocking=1 -o Dir::State::status=/dev/null -o APT::Install-Recommends=false -o APT::Sandbox::User=root \
  -o Dir::Cache::archives="$t/debs" install --download-only -y \
  libreoffice-writer-nogui=4:7.4.7-1+deb12u14 fonts-wqy-microhei=0.2.0-beta-3.1 >/dev/null
for deb in "$t"/debs/*.deb; do dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$t/root"; done
# What the packages do when they are installed: link the registry; and say where program, registry and fonts are.
office=$t/root/usr/lib/libreoffice
ln -sfn .registry "$office/share/registry"
sed -i -e "s|file:///usr/lib/libreoffice|file://$office|" \
  -e "s|file:///etc/libreoffice/registry|file://$office/share/registry|g" "$office/program/fundamentalrc"
echo "<fontconfig><dir>$t/root/usr/share/fonts</dir><cachedir>$t/fontcache</cachedir></fontconfig>" >"$t/fonts.conf"

write() { # format, from, folder to
  for _ in 1 2 3; do # the first start makes the profile and asks for another one
    env -i PATH="$PATH" HOME="$t" LC_ALL=C.UTF-8 FONTCONFIG_FILE="$t/fonts.conf" \
      LD_LIBRARY_PATH="$office/program:$t/root/usr/lib/x86_64-linux-gnu:$t/root/lib/x86_64-linux-gnu" \
      "$office/program/soffice.bin" -env:UserInstallation="file://$t/profile" --headless \
      --convert-to "$1" --outdir "$3" "$2" >/dev/null 2>&1 || true
    [ -e "$3/$(basename "${2%.*}").$1" ] && return
  done
  echo "LibreOffice wrote nothing" >&2
  exit 1
}

cat >"$t/make.py" <<'PY'
import sys, zipfile

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
P = "http://schemas.openxmlformats.org/package/2006/"
O = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
FONT = '<w:rFonts w:ascii="{0}" w:hAnsi="{0}" w:eastAsia="{0}" w:hint="eastAsia"/>'.format("WenQuanYi Micro Hei")
ZH = f'<w:rPr>{FONT}<w:sz w:val="32"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr>'
PAGE = ('<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1472" '
        'w:header="0" w:footer="0" w:gutter="0"/></w:sectPr>')

def save(path, paragraphs):
    body = "".join(f"<w:p><w:pPr>{how}</w:pPr><w:r>{ZH}<w:t>{words}</w:t></w:r></w:p>" for how, words in paragraphs)
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("[Content_Types].xml", f'<Types xmlns="{P}content-types"><Default Extension="rels" '
                   'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override '
                   'PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
                   'wordprocessingml.document.main+xml"/></Types>')
        z.writestr("_rels/.rels", f'<Relationships xmlns="{P}relationships"><Relationship Id="r1" Type="{O}" '
                   'Target="word/document.xml"/></Relationships>')
        z.writestr("word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}{PAGE}</w:body></w:document>')

words = "一二三四五六七八九十一二三四五六七八九十一二三四五六七八，甲乙丙丁"
save(sys.argv[1], [("", words), ('<w:overflowPunct w:val="0"/>', words), ('<w:overflowPunct w:val="1"/>', words)])
PY
python3 "$t/make.py" "$t/paper.docx"
mkdir "$t/once" "$t/twice"
write pdf "$t/paper.docx" "$t"
write docx "$t/paper.docx" "$t/once"
write docx "$t/once/paper.docx" "$t/twice"
"$t/v/bin/python" - "$t" <<'PY'
import re, sys, zipfile
from pdfminer.high_level import extract_text

folder = sys.argv[1]
lines = extract_text(f"{folder}/paper.pdf").split()
starts = [number for number, line in enumerate(lines) if line.startswith("一")] + [len(lines)]
first = [lines[number] for number in starts[:-1]]
said = lambda path: [value in ("1", "true") for value in re.findall(
    r'<w:overflowPunct w:val="(\w+)"/>', zipfile.ZipFile(path).read("word/document.xml").decode())]
asked, once, twice = (said(f"{folder}/{path}") for path in ("paper.docx", "once/paper.docx", "twice/paper.docx"))
for how, line in zip(("absent", "0, forbidden", "1, allowed"), first):
    print(f"{how:13} {len(line)} characters, the last one {line[-1]}")
print("asked", asked, "saved once", once, "saved twice", twice)
assert [(len(line), line[-1]) for line in first] == [(29, "，"), (29, "，"), (27, "七")], lines
assert (asked, once, twice) == ([False, True], [True, False], [False, True]), (asked, once, twice)
print("as on 2026-11-29: punctuation hangs where it may not, and does not where it may")
PY
