#!/usr/bin/env bash
# The IF fields of a Word letter are empty in LibreOffice's PDF; its plain text has them, so a test by text passes.
#
# Mail merge in Word writes { IF { MERGEFIELD 性别 } = "男" "先生" "女士" } or { IF { MERGEFIELD 票数 } > 45 "当选" "落选" }, and the
# letter keeps the field with its result in it. LibreOffice takes the field for one of its own and puts nothing on the
# page: 同学 without 先生 or 女士, 您已 and then the full stop. So it does for a condition without a merge field, which it could
# work out by itself; a plain MERGEFIELD keeps its result. Converting the same file to text gives every result, and the
# exit status is 0 both times.
#
# Seen with LibreOffice Writer 7.4.7.2 (Debian 4:7.4.7-1+deb12u14), PDF read with pypdf 7.1.1, run on 2026-11-28.
# Who is hurt: candidates whose result letters a server turns into PDF: 经选举，您已。 A test that looks at the text of the
# conversion finds 当选 in it.
#
# Needs Debian 12 with its package lists, and python3. Installs into a temporary folder alone.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
python3 -m venv "$t/v"
"$t/v/bin/pip" install -q pypdf==7.1.1
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

char = lambda kind: run(f'<w:fldChar w:fldCharType="{kind}"/>')
code = lambda words: run(f'<w:instrText xml:space="preserve">{words}</w:instrText>')
field = lambda inside, kept: char("begin") + inside + char("separate") + text(kept) + char("end")

sex = field(code(" MERGEFIELD 性别 "), "女")
votes = field(code(" MERGEFIELD 票数 "), "61")
gender = field(code(" IF ") + sex + code(' = "男" "先生" "女士" '), "女士")
result = field(code(" IF ") + votes + code(' &gt; 45 "当选" "落选" '), "当选")
review = field(code(' IF 80 &gt;= 60 "合格" "不合格" '), "合格")
body = "".join(f"<w:p>{line}</w:p>" for line in (
    text("孙七同学") + gender + text("："),
    text("经选举，您已") + result + text("。"),
    text("考核") + review + text("。"),
    text("得票") + votes + text("张。"),
))
with zipfile.ZipFile(sys.argv[1], "w") as z:
    z.writestr("[Content_Types].xml", f'<Types xmlns="{P}content-types"><Default Extension="rels" '
               'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" '
               'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>')
    z.writestr("_rels/.rels", f'<Relationships xmlns="{P}relationships"><Relationship Id="r1" Type="{O}" '
               'Target="word/document.xml"/></Relationships>')
    z.writestr("word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>')
PY
python3 "$t/make.py" "$t/letter.docx"
write txt:Text:UTF8 "$t/letter.docx" "$t/letter.txt"
write pdf "$t/letter.docx" "$t/letter.pdf"
"$t/v/bin/python" - "$t/letter.txt" "$t/letter.pdf" <<'PY'
import sys
from pypdf import PdfReader

plain = open(sys.argv[1], encoding="utf-8-sig").read().split()
pages = "".join(page.extract_text() for page in PdfReader(sys.argv[2]).pages).replace(" ", "").split()
print("text:", plain)
print("PDF: ", pages)
assert plain == ["孙七同学女士：", "经选举，您已当选。", "考核合格。", "得票61张。"], plain
assert pages == ["孙七同学：", "经选举，您已。", "考核。", "得票61张。"], pages
print("as on 2026-11-28: the results of IF are in the text and not in the PDF")
PY
