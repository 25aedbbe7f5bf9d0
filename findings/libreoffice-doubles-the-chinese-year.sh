#!/usr/bin/env bash
# Word's own Chinese date, 二〇二六年十一月二十八日, gets its year twice in LibreOffice: 二〇二六二〇二六年十一月二十八日.
#
# In a Chinese Word, Insert > Date and time offers 二〇二六年十一月二十八日; with "update automatically" it writes the field TIME \@
# "EEEE年O月A日" (DATE and SAVEDATE take the same picture). LibreOffice knows the picture: O and A, month and day in
# Chinese figures, come out right, and EE gives the year once. EEEE, which is what Word writes, gives it twice. Nothing
# is reported, the text that Word left in the field is dropped, and PDF and plain text agree with one another. The
# yyyy年M月d日 of the last line shows that Arabic dates of the same field are right, so a test with those finds nothing.
#
# Seen with LibreOffice Writer 7.4.7.2 (Debian 4:7.4.7-1+deb12u14), zh-CN text, run on 2026-11-28.
# Who is hurt: the office whose notice of appointment is turned into the PDF that goes on the notice board by a server:
# the line under the seal, which makes the paper an official one, is dated 二〇二六二〇二六年.
#
# Needs Debian 12 with its package lists, and python3. Installs into a temporary folder alone.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
mkdir -p "$t/debs/partial" "$t/root"
apt-get -qq -o Debug::NoLocking=1 -o Dir::State::status=/dev/null -o APT::Install-Recommends=false -o APT::Sandbox::User=root \
  -o Dir::Cache::archives="$t/debs" install --download-only -y libreoffice-writer-nogui=4:7.4.7-1+deb12u14 >/dev/null
for deb in "$t"/debs/*.deb; do dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$t/root"; done
# What the packages do when they are installed: link the registry; and say where program and registry are.
office=$t/root/usr/lib/libreoffice
ln -sfn .registry "$office/share/registry"
sed -i -e "s|file:///usr/lib/libreoffice|file://$office|" \
  -e "s|file:///etc/libreoffice/registry|file://$office/share/registry|g" "$office/program/fundamentalrc"

write() {
  for _ in 1 2 3; do # the first start makes the profile and asks for another one
    env -i PATH="$PATH" HOME="$t" LC_ALL=C.UTF-8 \
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

def line(label, code, kept):
    run = lambda inner: f"<w:r>{ZH}{inner}</w:r>"
    char = lambda kind: run(f'<w:fldChar w:fldCharType="{kind}"/>')
    return (f'<w:p>{run(f"<w:t>{label}：</w:t>")}{char("begin")}'
            + run(f'<w:instrText xml:space="preserve"> {code} </w:instrText>')
            + char("separate") + run(f"<w:t>{kept}</w:t>") + char("end") + "</w:p>")

body = (line("time", 'TIME \\@ "EEEE年O月A日"', "二〇二六年九月一日")
        + line("date", 'DATE \\@ "EEEE年O月A日"', "二〇二六年九月一日")
        + line("two", 'DATE \\@ "EE年O月A日"', "二〇二六年九月一日")
        + line("arabic", 'DATE \\@ "yyyy年M月d日"', "2026年9月1日"))
with zipfile.ZipFile(sys.argv[1], "w") as z:
    z.writestr("[Content_Types].xml", f'<Types xmlns="{P}content-types"><Default Extension="rels" '
               'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" '
               'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>')
    z.writestr("_rels/.rels", f'<Relationships xmlns="{P}relationships"><Relationship Id="r1" Type="{O}" '
               'Target="word/document.xml"/></Relationships>')
    z.writestr("word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>')
PY
python3 "$t/make.py" "$t/notice.docx"
write txt:Text:UTF8 "$t/notice.docx" "$t/notice.txt"
cat "$t/notice.txt"
python3 - "$t/notice.txt" <<'PY'
import re, sys
lines = dict(line.split("：") for line in open(sys.argv[1], encoding="utf-8-sig").read().split())
year = "([〇零一二三四五六七八九]{4})"
tail = "年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日"
assert re.fullmatch(year + r"\1" + tail, lines["time"]), lines["time"]
assert re.fullmatch(year + r"\1" + tail, lines["date"]), lines["date"]
assert re.fullmatch(year + tail, lines["two"]), lines["two"]
assert re.fullmatch(r"\d{4}年\d{1,2}月\d{1,2}日", lines["arabic"]), lines["arabic"]
print("as on 2026-11-28: the year of EEEE年O月A日 stands twice")
PY
