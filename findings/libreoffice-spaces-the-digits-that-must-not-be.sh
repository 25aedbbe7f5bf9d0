#!/usr/bin/env bash
# In LibreOffice 2026年9月1日 has gaps round its digits though the Word paper forbids them.
#
# Word puts a quarter of a character between Chinese and digits or Latin letters, unless "自动调整中文与数字的间距" and "…与西文的间距"
# are cleared: w:autoSpaceDN and w:autoSpaceDE with "0", as templates for official papers have it. LibreOffice has
# the very same switch (style:text-autospace) and leaves the gaps away when an OpenDocument file clears it; in .docx it
# reads neither of the two, writes neither, and so every digit has its gaps. The text is the same, copied or searched;
# only the page differs.
#
# Guessed before: since the switch exists on both sides, that it is carried over.
# Seen with LibreOffice Writer 7.4.7.2 (Debian 4:7.4.7-1+deb12u14), PDF read with pdfminer.six 20260107, run on 2026-11-29.
# Who is hurt: the office whose paper has 28 characters to a line: dates, numbers of documents and counts of votes make
# the line too long, and it breaks elsewhere than in the Word file that was approved.
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

words = "自2026年9月1日起"
both = lambda value: f'<w:autoSpaceDE w:val="{value}"/><w:autoSpaceDN w:val="{value}"/>'
save(sys.argv[1], [("", words), (both("1"), words), (both("0"), words)])
PY
python3 "$t/make.py" "$t/paper.docx"
mkdir "$t/docx" "$t/odf"
write pdf "$t/paper.docx" "$t/docx"
write docx "$t/paper.docx" "$t/docx"
write fodt "$t/paper.docx" "$t/odf"
sed -i 's/style:text-autospace="ideograph-alpha"/style:text-autospace="none"/g' "$t/odf/paper.fodt"
write pdf "$t/odf/paper.fodt" "$t/odf"
"$t/v/bin/python" - "$t" <<'PY'
import sys, zipfile
from pdfminer.high_level import extract_pages
from pdfminer.layout import LTChar

folder = sys.argv[1]

def characters(item):
    if isinstance(item, LTChar):
        yield item
    elif hasattr(item, "__iter__"):
        for inner in item:
            yield from characters(inner)

def widths(path):
    lines = {}
    for page in extract_pages(path):
        for one in characters(page):
            if one.get_text().strip():
                lines.setdefault(round(one.y0), []).append(one)
    return [round(max(c.x1 for c in line) - min(c.x0 for c in line), 1) for _, line in sorted(lines.items(), reverse=True)]

word, open_document = widths(f"{folder}/docx/paper.pdf"), widths(f"{folder}/odf/paper.pdf")
print("docx: absent, 1, 0:", word, "| the same as OpenDocument with text-autospace none:", open_document)
saved = zipfile.ZipFile(f"{folder}/docx/paper.docx").read("word/document.xml").decode()
assert len(word) == 3 and len(set(word)) == 1, word
assert len(open_document) == 3 and max(open_document) < min(word) - 10, open_document
assert "autoSpaceD" not in saved
print("as on 2026-11-29: forbidden gaps are there, and the words that forbid them are gone from the file")
PY
