#!/usr/bin/env bash
# LibreOffice shows 2026年11月28日 as 2026年9月18日 as soon as the format also asks for the weekday (aaaa).
#
# A Chinese Excel has the weekday as aaaa or aaa: a meeting's date is formatted yyyy"年"m"月"d"日" aaaa. In a LibreOffice
# whose locale is English, as in every container without one, these letters belong to the second calendar of its locale,
# which is the Jewish one. And the letter takes the whole format with it: month and day become those of the Jewish year,
# 28 November is 9月18日 (18 Kislev), 6 February 2027 is 11月29日, while the year alone stays 2026, so that the line looks
# like any other date. On Saturdays aaaa is "Shabbat". The same with e, Excel's short way to write a year of four digits:
# e年m月d日 is 787年9月18日. Without the weekday all is right, so it is with dddd, with [$-804] in front as Excel's own list
# has it, and where LibreOffice's locale is Chinese, on the clerk's desk. The stored day is right too: only what is shown,
# printed or written as CSV is another day. Exit status 0, no warning.
#
# Guessed before: aaaa gives English weekdays. That the month and day change was not guessed.
# Seen with LibreOffice Calc 7.4.7.2 (Debian 4:7.4.7-1+deb12u14), workbook made with openpyxl 3.1.5, run on 2026-11-28.
# Who is hurt: the office whose server turns the timetable of a congress into PDF or CSV: the election on 28 November,
# Saturday, is announced for 18 September.
#
# Needs Debian 12 with its package lists, and python3. Installs into a temporary folder alone.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
python3 -m venv "$t/v"
"$t/v/bin/pip" install -q openpyxl==3.1.5
mkdir -p "$t/debs/partial" "$t/root"
apt-get -qq -o Debug::NoLocking=1 -o Dir::State::status=/dev/null -o APT::Install-Recommends=false -o APT::Sandbox::User=root \
  -o Dir::Cache::archives="$t/debs" install --download-only -y libreoffice-calc-nogui=4:7.4.7-1+deb12u14 >/dev/null
for deb in "$t"/debs/*.deb; do dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$t/root"; done
# What the packages do when they are installed: link the registry; and say where the program and its registry are.
office=$t/root/usr/lib/libreoffice
ln -sfn .registry "$office/share/registry"
sed -i -e "s|file:///usr/lib/libreoffice|file://$office|g" \
  -e "s|file:///etc/libreoffice/registry|file://$office/share/registry|g" "$office/program/fundamentalrc"

write() {
  for _ in 1 2 3; do # the first start makes the profile and asks for another one
    env -i PATH="$PATH" HOME="$t" LC_ALL="$1" \
      LD_LIBRARY_PATH="$office/program:$t/root/usr/lib/x86_64-linux-gnu:$t/root/lib/x86_64-linux-gnu" \
      "$office/program/soffice.bin" -env:UserInstallation="file://$t/profile-$1" --headless \
      --convert-to "csv:Text - txt - csv (StarCalc):44,34,76" --outdir "$t/$1" "$t/dates.xlsx" >/dev/null 2>&1 || true
    [ -e "$t/$1/dates.csv" ] && return
  done
  echo "LibreOffice wrote nothing" >&2
  exit 1
}

cat >"$t/make.py" <<'PY'
import datetime, sys
import openpyxl

days = [datetime.date(2026, 11, 27), datetime.date(2026, 11, 28), datetime.date(2027, 2, 6)]
formats = ['yyyy"年"m"月"d"日"', 'yyyy"年"m"月"d"日" aaaa', 'm"月"d"日" aaaa', 'yyyy/m/d aaa', 'e"年"m"月"d"日"',
           'yyyy"年"m"月"d"日" dddd', '[$-804]yyyy"年"m"月"d"日"\\ aaaa']
book = openpyxl.Workbook()
for row, form in enumerate(formats, 1):
    book.active.cell(row, 1, form)
    for column, day in enumerate(days, 2):
        book.active.cell(row, column, day).number_format = form
book.save(sys.argv[1])
PY
"$t/v/bin/python" "$t/make.py" "$t/dates.xlsx"
write C.UTF-8
write zh_CN.UTF-8
"$t/v/bin/python" - "$t" <<'PY'
import csv, sys

def shown(locale):
    with open(f"{sys.argv[1]}/{locale}/dates.csv", encoding="utf-8-sig") as file:
        return {row[0]: row[1:] for row in csv.reader(file)}

server, desk = shown("C.UTF-8"), shown("zh_CN.UTF-8")
for form in server:
    print(form, "->", server[form], "| Chinese locale:", desk[form])
assert server['yyyy"年"m"月"d"日"'] == ["2026年11月27日", "2026年11月28日", "2027年2月6日"]
assert server['yyyy"年"m"月"d"日" aaaa'] == ["2026年9月17日 Friday", "2026年9月18日 Shabbat", "2027年11月29日 Shabbat"]
assert server['m"月"d"日" aaaa'] == ["9月17日 Friday", "9月18日 Shabbat", "11月29日 Shabbat"]
assert server["yyyy/m/d aaa"] == ["2026/9/17 Fri", "2026/9/18 Sat", "2027/11/29 Sat"]
assert server['e"年"m"月"d"日"'] == ["787年9月17日", "787年9月18日", "787年11月29日"]
assert server['yyyy"年"m"月"d"日" dddd'] == ["2026年11月27日 Friday", "2026年11月28日 Saturday", "2027年2月6日 Saturday"]
assert server['[$-804]yyyy"年"m"月"d"日"\\ aaaa'][1] == "2026年11月28日 星期六"
assert desk['yyyy"年"m"月"d"日" aaaa'][1] == "2026年11月28日 星期六"
print("as on 2026-11-28: the weekday moves the election from November into September")
PY
