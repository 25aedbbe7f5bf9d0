#!/usr/bin/env bash
# tablib reads a LibreOffice list with votes in other columns: of equal neighbours it sees one, the rest moves left.
#
# LibreOffice writes equal cells side by side once, with the number of times (table:number-columns-repeated), and empty
# ones too. tablib reads each as one cell, and an empty repeated one as none, wherever it stands, and
# fills the row up with "" at its end. So 张三 with 5, 5, 7 votes from three groups has 5, 7 and nothing; 李四, who was only
# asked for in the third, has his 7 in the first. Rows without equal neighbours are right. And of a cell with a comment
# tablib reads the first thing that stands in it, the date of the comment: 王五 is called 2026-11-29T00:00:00. The width of
# every row is right, no error is raised, and the same list as .xlsx is read without a fault.
#
# Guessed before: that readers of .ods agree on such cells, since every file that LibreOffice saves has them.
# Seen with tablib 3.10.0, odfpy 1.4.1, LibreOffice Calc 7.4.7.2 (Debian 4:7.4.7-1+deb12u14), run on 2026-11-29.
# Who is hurt: candidates whose votes come to stand under another group's heading, exactly if two groups agree; also
# where django-import-export, which reads .ods through tablib, takes in the list.
#
# Needs Debian 12 with its package lists, and python3. Installs into a temporary folder alone.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
python3 -m venv "$t/v"
"$t/v/bin/pip" install -q "tablib[ods,xlsx]==3.10.0" odfpy==1.4.1 openpyxl==3.1.5
mkdir -p "$t/debs/partial" "$t/root"
apt-get -qq -o Debug::NoLocking=1 -o Dir::State::status=/dev/null -o APT::Install-Recommends=false -o APT::Sandbox::User=root \
  -o Dir::Cache::archives="$t/debs" install --download-only -y libreoffice-calc-nogui=4:7.4.7-1+deb12u14 >/dev/null
for deb in "$t"/debs/*.deb; do dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$t/root"; done
# What the packages do when they are installed: link the registry; and say where the program and its registry are.
office=$t/root/usr/lib/libreoffice
ln -sfn .registry "$office/share/registry"
sed -i -e "s|file:///usr/lib/libreoffice|file://$office|g" \
  -e "s|file:///etc/libreoffice/registry|file://$office/share/registry|g" "$office/program/fundamentalrc"

cat >"$t/make.py" <<'PY'
import sys
import openpyxl
from openpyxl.comments import Comment

book = openpyxl.Workbook()
sheet = book.active
for row in (["姓名", "一组", "二组", "三组"], ["张三", 5, 5, 7], ["李四", None, None, 7], ["王五", 4, 5, 6],
            ["赵六", 0, 1, 0]):
    sheet.append(row)
sheet["A4"].comment = Comment("已退学", "秘书处")
book.save(sys.argv[1])
PY
"$t/v/bin/python" "$t/make.py" "$t/votes.xlsx"
for _ in 1 2 3; do # the first start makes the profile and asks for another one
  [ -e "$t/votes.ods" ] || env -i PATH="$PATH" HOME="$t" LC_ALL=C.UTF-8 \
    LD_LIBRARY_PATH="$office/program:$t/root/usr/lib/x86_64-linux-gnu:$t/root/lib/x86_64-linux-gnu" \
    "$office/program/soffice.bin" -env:UserInstallation="file://$t/profile" --headless \
    --convert-to ods --outdir "$t" "$t/votes.xlsx" >/dev/null 2>&1 || true
done

"$t/v/bin/python" - "$t" <<'PY'
import re, sys
import tablib

def read(kind):
    with open(f"{sys.argv[1]}/votes.{kind}", "rb") as file:
        rows = tablib.Dataset().load(file.read(), format=kind)
    print(kind)
    for row in rows:
        print("  ", *(repr(cell) for cell in row))
    return [tuple(rows.headers), *(tuple(cell if cell is not None else "" for cell in row) for row in rows)]

head = ("姓名", "一组", "二组", "三组")
assert read("xlsx") == [head, ("张三", 5, 5, 7), ("李四", "", "", 7), ("王五", 4, 5, 6), ("赵六", 0, 1, 0)]
moved = read("ods")
assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+", moved[3][0]), moved[3]
assert moved == [head, ("张三", 5, 7, ""), ("李四", 7, "", ""), (moved[3][0], 4, 5, 6), ("赵六", 0, 1, 0)], moved
print("as on 2026-11-29: votes stand under other groups, and a name is the date of a comment")
PY
