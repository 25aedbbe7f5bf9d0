#!/usr/bin/env bash
# tablib reads an .ods with a heading that is repeated on each page without it: the heading is then 张三, 5.
#
# Rows to be repeated in print stand in table:table-header-rows in OpenDocument, rows that can be folded together in
# table:table-row-group, rows like any others within. tablib takes the rows that stand in the table itself and passes over
# both. Without its heading the first person becomes the names of the columns, {"张三": "李四", "5": 7}, and is nobody's
# row any more; of groups (a class each, with 合计 below) the sums are left and the people are gone. No error.
# pandas (odf), calamine, SheetJS and pyexcel read all rows. Neither repeating nor folding changes anything that one sees on
# the sheet, and the same list without it is right.
#
# Guessed before: a reader may lose the formatting of such rows, not the rows.
# Seen with tablib 3.10.0, odfpy 1.4.1, pandas 3.1.1, python-calamine 0.9.1, pyexcel 0.7.6, pyexcel-ods3 0.6.1 (PyPI), xlsx
# (SheetJS) 0.18.5 (npm), Node 20, run on 2026-11-29.
# Who is hurt: whoever stands first on a list of more than one page, for which one sets the heading to be repeated; and
# members of grouped lists, also where django-import-export, which reads .ods through tablib, takes them in.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q tablib==3.10.0 odfpy==1.4.1 pandas==3.1.1 python-calamine==0.9.1 pyexcel==0.7.6 pyexcel-ods3==0.6.1
npm init -y >/dev/null
npm install --silent --no-audit --no-fund xlsx@0.18.5 >/dev/null

cat >read.py <<'PY'
import pandas, pyexcel, tablib
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableHeaderRows, TableRow, TableRowGroup
from odf.text import P
from python_calamine import CalamineWorkbook

def row(name, votes):
    made = TableRow()
    kinds = [{"valuetype": "string"}, {"valuetype": "string"} if isinstance(votes, str) else {"valuetype": "float", "value": votes}]
    for value, kind in zip((name, votes), kinds, strict=True):
        cell = TableCell(**kind)
        cell.addElement(P(text=str(value)))
        made.addElement(cell)
    return made

def within(kind, *rows):
    made = kind()
    for one in rows:
        made.addElement(one)
    return made

def save(name, *parts):
    book, table = OpenDocumentSpreadsheet(), Table(name="名单")
    for part in parts:
        table.addElement(part)
    book.spreadsheet.addElement(table)
    book.save(name)

heading, people, total = ("姓名", "票"), [("张三", 5), ("李四", 7), ("王五", 3)], ("合计", 15)
rows = lambda: [row(*one) for one in people]
save("plain.ods", row(*heading), *rows(), row(*total))
save("repeated.ods", within(TableHeaderRows, row(*heading)), *rows(), row(*total))
save("grouped.ods", row(*heading), within(TableRowGroup, *rows()), row(*total))

everything = [[*heading], *[[*one] for one in people], [*total]]
expected = {
    "plain": (["姓名", "票"], [*people, total]),
    "repeated": (["张三", 5], [*people[1:], total]),
    "grouped": (["姓名", "票"], [total]),
}
for name, (heads, left) in expected.items():
    data = tablib.Dataset().load(open(f"{name}.ods", "rb").read(), "ods")
    print(name, data.headers, *data)
    assert list(data.headers) == heads and list(data) == left
    assert pandas.read_excel(f"{name}.ods", engine="odf", header=None).values.tolist() == everything
    assert CalamineWorkbook.from_path(f"{name}.ods").get_sheet_by_index(0).to_python() == everything
    assert pyexcel.get_array(file_name=f"{name}.ods") == everything
PY
v/bin/python read.py

cat >read.js <<'JS'
const assert = require('assert');
const XLSX = require('xlsx');
for (const name of ['plain', 'repeated', 'grouped']) {
  const rows = XLSX.utils.sheet_to_json(XLSX.readFile(name + '.ods').Sheets['名单'], { header: 1 });
  assert.deepStrictEqual(rows, [['姓名', '票'], ['张三', 5], ['李四', 7], ['王五', 3], ['合计', 15]]);
}
console.log('as on 2026-11-29: a repeated heading is none');
JS
node read.js
