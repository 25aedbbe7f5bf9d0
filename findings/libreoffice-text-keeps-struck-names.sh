#!/usr/bin/env bash
# A name that was struck out in Word under 修订 (track changes) is an ordinary name again in LibreOffice's text.
#
# A draft goes round with track changes on and comes back with one deletion and one insertion that nobody has accepted
# yet. Word shows 赵六 struck out and 钱七 added; docx2txt and mammoth read 钱七 alone. LibreOffice's text conversion keeps
# both, 任命赵六钱七为主席, without a mark between them, and so do the words of its PDF, where only a coloured line tells them
# apart: what is searched, copied or read by a program from either appoints 赵六. python-docx has neither of the two
# names, so four readers make three different papers of one file. Exit status 0 and no word about changes.
#
# Seen with LibreOffice Writer 7.4.7.2 (Debian 4:7.4.7-1+deb12u14), python-docx 1.2.0, mammoth 1.13.0, docx2txt 0.9,
# pypdf 7.1.1, run on 2026-11-28.
# Who is hurt: the League committee whose server makes the searchable text and the PDF of an appointment: the candidate
# whom the committee withdrew is found as appointed.
#
# Needs Debian 12 with its package lists, and python3. Installs into a temporary folder alone.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
python3 -m venv "$t/v"
"$t/v/bin/pip" install -q pypdf==7.1.1 python-docx==1.2.0 mammoth==1.13.0 docx2txt==0.9
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

write() {
  for _ in 1 2 3; do # the first start makes the profile and asks for another one
    env -i PATH="$PATH" HOME="$t" LC_ALL=C.UTF-8 FONTCONFIG_FILE="$t/fonts.conf" \
      LD_LIBRARY_PATH="$office/program:$t/root/usr/lib/x86_64-linux-gnu:$t/root/lib/x86_64-linux-gnu" \
      "$office/program/soffice.bin" -env:UserInstallation="file://$t/profile" --headless \
      --convert-to "$1" --outdir "$t" "$2" >/dev/null 2>&1 || true
    [ -e "$3" ] && return
  done
  echo "LibreOffice wrote nothing" >&2
  exit 1
}

cat >"$t/make.py" <<'PY'
import sys, zipfile

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
P = "http://schemas.openxmlformats.org/package/2006/"
O = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
ZH = '<w:rPr><w:rFonts w:hint="eastAsia"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr>'
run = lambda inner: f'<w:r>{ZH}{inner}</w:r>'
text = lambda words: run(f'<w:t xml:space="preserve">{words}</w:t>')

by = 'w:author="干事" w:date="2026-11-20T09:00:00Z"'
body = (f'<w:p>{text("经研究，任命")}<w:del w:id="1" {by}>{run("<w:delText>赵六</w:delText>")}</w:del>'
        f'<w:ins w:id="2" {by}>{text("钱七")}</w:ins>{text("为主席。")}</w:p>')

with zipfile.ZipFile(sys.argv[1], "w") as z:
    z.writestr("[Content_Types].xml", f'<Types xmlns="{P}content-types"><Default Extension="rels" '
               'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" '
               'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>')
    z.writestr("_rels/.rels", f'<Relationships xmlns="{P}relationships"><Relationship Id="r1" Type="{O}" '
               'Target="word/document.xml"/></Relationships>')
    z.writestr("word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>')
PY
python3 "$t/make.py" "$t/paper.docx"
write txt:Text:UTF8 "$t/paper.docx" "$t/paper.txt"
write pdf "$t/paper.docx" "$t/paper.pdf"
"$t/v/bin/python" - "$t/paper.docx" "$t/paper.txt" "$t/paper.pdf" <<'PY'
import sys
import docx, docx2txt, mammoth
from pypdf import PdfReader

paper, plain, pages = sys.argv[1:]
seen = {
    "LibreOffice, text": open(plain, encoding="utf-8-sig").read(),
    "LibreOffice, PDF": "".join(page.extract_text() for page in PdfReader(pages).pages).replace(" ", ""),
    "docx2txt": docx2txt.process(paper),
    "mammoth": mammoth.extract_raw_text(open(paper, "rb")).value,
    "python-docx": "".join(p.text for p in docx.Document(paper).paragraphs),
}
for reader, words in seen.items():
    print(f"{reader}: {words.strip()}")
for reader, words in seen.items():
    kept = "赵六钱七" if reader.startswith("LibreOffice") else "" if reader == "python-docx" else "钱七"
    assert words.strip() == f"经研究，任命{kept}为主席。", (reader, words)
print("as on 2026-11-28: only LibreOffice still has the name that was struck out (and python-docx has neither)")
PY
