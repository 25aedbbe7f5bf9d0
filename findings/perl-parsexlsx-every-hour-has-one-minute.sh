#!/usr/bin/env bash
# Perl's Spreadsheet::ParseXLSX reads 36:30 hours as 36:01, 8:15 as 8:01 and 100:45 as 100:01: the minutes are the month of 1900.
#
# Sums of hours are shown by the format [h]:mm, in which the hours go on after 24. mm is the minute behind an hour and the month
# otherwise. What makes the text of a cell, Spreadsheet::ParseExcel's utility, does not take [h] for an hour: the hours are right,
# and behind them stands the month of the day that the number would be, January 1900 for all sums below 744 hours. value(), and
# Spreadsheet::Read's text of a cell, give this; 8:01 and 36:01 look like hours and minutes. With seconds ([h]:mm:ss) it is 36:30:00,
# and a time of day (h:mm) is right, as are dates. unformatted() has the number, 1.52. SheetJS, run beside it, shows 36:30.
#
# Guessed before: 12:30, as pylightxl has it.
# Seen with libspreadsheet-parsexlsx-perl 0.27-3+deb12u2, libspreadsheet-parseexcel-perl 0.6500-4~deb12u1, libspreadsheet-read-perl
# 0.87-1 (Debian), Perl 5.36, XlsxWriter 3.3.1 (PyPI), xlsx (SheetJS) 0.18.5 (npm), Node 20, Python 3.11, run on 2026-11-30.
# Who is hurt: volunteers whose hours are taken over from the college's list: who has 0:55 has a minute, and all lose what they did
# beyond full hours.
#
# Needs Debian 12 with its package lists, perl and python3. Installs into a temporary folder alone.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q XlsxWriter==3.3.1
npm init -y >/dev/null
npm install --silent --no-audit --no-fund xlsx@0.18.5 >/dev/null
mkdir -p debs/partial root
apt-get -qq -o Debug::NoLocking=1 -o Dir::State::status=/dev/null -o APT::Install-Recommends=false -o APT::Sandbox::User=root \
  -o Dir::Cache::archives="$t/debs" install --download-only -y libspreadsheet-parsexlsx-perl=0.27-3+deb12u2 \
  libspreadsheet-parseexcel-perl=0.6500-4~deb12u1 libspreadsheet-read-perl=0.87-1 >/dev/null
for deb in debs/*.deb; do dpkg-deb --fsys-tarfile "$deb" | tar -x -C root; done

v/bin/python - <<'PY'
import xlsxwriter

book = xlsxwriter.Workbook("hours.xlsx")
sheet = book.add_worksheet()
shown = [book.add_format({"num_format": form}) for form in ("[h]:mm", "[h]:mm:ss", "h:mm")]
for row, hours in enumerate((55 / 60, 8.25, 24, 36.5, 100.75, 800.25)):
    for column, form in enumerate(shown):
        sheet.write_number(row, column, hours / 24, form)
book.close()
PY
cat >hours.pl <<'PL'
use strict;
use warnings;
use Spreadsheet::ParseXLSX;
use Spreadsheet::Read;
my $sheet = Spreadsheet::ParseXLSX->new->parse('hours.xlsx')->worksheet(0);
my $read = ReadData('hours.xlsx')->[1];
for my $row (0 .. 5) {
  my @texts = map { $sheet->get_cell($row, $_)->value } 0 .. 2;
  die "Spreadsheet::Read differs" if $read->{'A' . ($row + 1)} ne $texts[0];
  print join(' ', @texts), "\n";
}
PL
library=usr/lib/x86_64-linux-gnu
PERL5LIB=$t/root/usr/share/perl5:$t/root/$library/perl5/5.36:$t/root/$library/perl-base perl hours.pl >perl.txt
node -e '
const { readFile, utils } = require("xlsx");
for (const row of utils.sheet_to_json(readFile("hours.xlsx").Sheets.Sheet1, { header: 1, raw: false })) console.log(row.join(" "));
' >sheetjs.txt
paste perl.txt sheetjs.txt
diff sheetjs.txt - <<'TXT'
0:55 0:55:00 0:55
8:15 8:15:00 8:15
24:00 24:00:00 0:00
36:30 36:30:00 12:30
100:45 100:45:00 4:45
800:15 800:15:00 8:15
TXT
diff perl.txt - <<'TXT'
0:01 0:55:00 0:55
8:01 8:15:00 8:15
24:01 24:00:00 0:00
36:01 36:30:00 12:30
100:01 100:45:00 4:45
800:02 800:15:00 8:15
TXT
echo "as on 2026-11-30: every hour has one minute"
