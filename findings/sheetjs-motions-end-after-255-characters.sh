#!/usr/bin/env bash
# SheetJS, saving as .xls, cuts each text off after 255 characters; with bookSST: true it does not.
#
# A cell of an .xls can have 32,767 characters if its text stands in the common table of the workbook (SST). SheetJS makes
# that table only where it is asked to (bookSST), else it writes the text into the cell's own record and drops
# what is behind the 255th character, without a word. xlrd, calamine and SheetJS itself all read 255 characters. The same
# call for .xlsx, .xlsb and .ods keeps everything, without that table.
#
# Guessed before: .xls keeps what Excel keeps, or writing fails.
# Seen with xlsx (SheetJS) 0.18.5 from npm, xlrd 2.0.2, python-calamine 0.9.1, Node 20, run on 2026-11-29.
# Who is hurt: a congress whose motions go out as .xls for old office computers: 案由 is whole, 理由 and 建议 end in the middle
# of a sentence, and the reply is to half of what was asked.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q xlrd==2.0.2 python-calamine==0.9.1
npm init -y >/dev/null
npm install --silent --no-audit --no-fund xlsx@0.18.5 >/dev/null

cat >write.js <<'JS'
const assert = require('assert');
const XLSX = require('xlsx');
const reason = '食堂窗口少，'.repeat(49) + '建议增设。';
assert.strictEqual(reason.length, 299);
const book = XLSX.utils.book_new();
XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet([['案由', '理由'], ['食堂', reason]]), '提案');
const read = name => XLSX.readFile(name).Sheets['提案'].B2.v;
XLSX.writeFile(book, 'plain.xls');
XLSX.writeFile(book, 'table.xls', { bookSST: true });
for (const kind of ['xlsx', 'xlsb', 'ods']) {
  XLSX.writeFile(book, 'plain.' + kind);
  assert.strictEqual(read('plain.' + kind), reason);
}
assert.strictEqual(read('plain.xls'), reason.slice(0, 255));
assert.strictEqual(read('table.xls'), reason);
JS
node write.js

v/bin/python - <<'PY'
import xlrd
from python_calamine import CalamineWorkbook

reason = "食堂窗口少，" * 49 + "建议增设。"
for name, length in (("plain.xls", 255), ("table.xls", 299)):
    read = {
        "xlrd": xlrd.open_workbook(name).sheet_by_index(0).cell_value(1, 1),
        "calamine": CalamineWorkbook.from_path(name).get_sheet_by_index(0).to_python()[1][1],
    }
    for reader, text in read.items():
        print(name, reader, len(text), text[-6:])
        assert text == reason[:length]
print("as on 2026-11-29: 255 of 299 characters")
PY
