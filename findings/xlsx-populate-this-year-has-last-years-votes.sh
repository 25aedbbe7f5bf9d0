#!/usr/bin/env bash
# xlsx-populate, given a list whose tab 今年 was moved to the front, has last year's votes under 今年 and this year's under 去年.
#
# A workbook names its sheets in the order of their tabs, and says of each in which part it is (r:id, to the relationships); the
# parts may be called anything. excelize and exceljs leave them as they are when a tab is moved. xlsx-populate passes over what is
# said and takes sheet1.xml for the first tab, sheet2.xml for the second. So sheet("今年") has the other sheet's cells, and a
# program that fills in a cell and saves makes it so for all readers. If the first tab was removed, the second is under the name
# of the third, and under its own is an empty sheet. openpyxl, calamine, SheetJS, exceljs and excelize have each sheet as it is. In
# a new list, of which nobody has moved a tab, all agree. No error.
#
# Guessed before: that readers may differ on which sheet is the first, not on what is in a sheet that one names.
# Seen with xlsx-populate 1.21.0, exceljs 4.4.0, xlsx (SheetJS) 0.18.5 (npm), excelize 0.1.0, XlsxWriter 3.3.1, openpyxl 3.1.5,
# python-calamine 0.9.1 (PyPI), Node 20, Python 3.11, run on 2026-11-30.
# Who is hurt: this year's candidates, who have last year's votes, and those of last year, who are elected once more; the sheet has
# the right name, the right heading and the right year on its tab.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q excelize==0.1.0 XlsxWriter==3.3.1 openpyxl==3.1.5 python-calamine==0.9.1
npm init -y >/dev/null
npm install --silent --no-audit --no-fund xlsx-populate@1.21.0 exceljs@4.4.0 xlsx@0.18.5 >/dev/null

cat >make.py <<'PY'
import excelize
import xlsxwriter

book = xlsxwriter.Workbook("new.xlsx")
for year, name, votes in (("去年", "甲", 5), ("今年", "乙", 9), ("说明", "丙", 0)):
    book.add_worksheet(year).write_row(0, 0, [name, votes])
book.close()
book = excelize.open_file("new.xlsx")
book.move_sheet("今年", "去年")
book.save_as("moved.xlsx")
book = excelize.open_file("new.xlsx")
book.delete_sheet("去年")
book.save_as("removed.xlsx")
PY
v/bin/python make.py

cat >read.cjs <<'JS'
const assert = require('assert');
const Excel = require('exceljs');
const SheetJS = require('xlsx');
const Populate = require('xlsx-populate');

const years = ['今年', '去年'];
const populate = async file => {
  const book = await Populate.fromFileAsync(file);
  return years.map(year => book.sheet(year).cell('A1').value());
};
const exceljs = async file => {
  const book = new Excel.Workbook();
  await book.xlsx.readFile(file);
  return years.map(year => book.getWorksheet(year).getCell('A1').value);
};
const sheetjs = file => years.map(year => SheetJS.readFile(file).Sheets[year].A1.v);

(async () => {
  const right = ['乙', '甲'];
  assert.deepStrictEqual(await populate('new.xlsx'), right);
  const moved = new Excel.Workbook();
  await moved.xlsx.readFile('new.xlsx');
  moved.getWorksheet('今年').orderNo = -1;
  await moved.xlsx.writeFile('moved by exceljs.xlsx');
  for (const file of ['moved.xlsx', 'moved by exceljs.xlsx']) {
    const book = await Populate.fromFileAsync(file);
    assert.deepStrictEqual(book.sheets().map(sheet => sheet.name()), ['今年', '去年', '说明']);
    console.log(file, years, 'xlsx-populate', await populate(file), 'exceljs', await exceljs(file), 'SheetJS', sheetjs(file));
    assert.deepStrictEqual(await populate(file), ['甲', '乙']);
    assert.deepStrictEqual([await exceljs(file), sheetjs(file)], [right, right]);
    book.sheet('今年').cell('C1').value('当选');
    await book.toFileAsync('filled in.xlsx');
    assert.deepStrictEqual(sheetjs('filled in.xlsx'), ['甲', '乙']);
  }
  const left = await Populate.fromFileAsync('removed.xlsx');
  assert.strictEqual(left.sheet('说明').cell('A1').value(), '乙');
  assert.strictEqual(left.sheet('今年').cell('A1').value(), undefined);
})();
JS
node read.cjs

v/bin/python - <<'PY'
import excelize
import openpyxl
import python_calamine

for file in ("moved.xlsx", "moved by exceljs.xlsx"):
    calamine = python_calamine.CalamineWorkbook.from_path(file)
    one, two, three = openpyxl.load_workbook(file), excelize.open_file(file), calamine.get_sheet_by_name
    assert one.sheetnames == ["今年", "去年", "说明"]
    assert [one[year]["A1"].value for year in ("今年", "去年")] == ["乙", "甲"]
    assert [two.get_cell_value(year, "A1") for year in ("今年", "去年")] == ["乙", "甲"]
    assert [three(year).to_python()[0][0] for year in ("今年", "去年")] == ["乙", "甲"]
PY
echo "as on 2026-11-30: the name goes to the front, the votes stay"
