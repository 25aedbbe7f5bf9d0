#!/usr/bin/env bash
# csv.Sniffer, shown the beginning of a file that csv itself wrote, makes four columns of the later row "关于""三走""活动,…",12.
#
# A quotation mark within a cell is doubled, everywhere and by csv.writer too. Sniffer says of a file also whether that is done
# (doublequote), and says no unless the sample has such a mark in it; the usual sample is the first 1,024 characters, and a
# list that quotes nothing at first gives doublequote=False as well. The reader then takes the first of two marks for the end of
# the cell: 关于"三走""活动 ends at the next comma, the rest moves one column to the right, and where there is no comma 的"窗口"
# ends in three marks. Naming the delimiters does not help. CleverCSV says of the same sample that there are no quotation
# marks at all, and keeps them. Both are right if they are shown the whole file, as in a test with a short one.
#
# Guessed before: with the comma found, quotation is the usual one; csv reads what csv wrote.
# Seen with Python 3.11.7 (csv), clevercsv 0.8.5 (PyPI), run on 2026-11-29.
# Who is hurt: whoever moved the motion with a quoted word, far down the list: the number of seconders is in a column that no
# program reads, and where the number should be stands the rest of the title.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q clevercsv==0.8.5

v/bin/python - <<'PY'
import csv, io

import clevercsv

def written(title):
    """A hundred motions with this title, then two that quote, as csv writes them."""
    text = io.StringIO(newline="")
    rows = [["号", "案由", "附议"], *([number, title, 5] for number in range(1, 101))]
    csv.writer(text).writerows([*rows, [101, '关于"三走"活动,以及"光盘"行动的提案', 12], [102, '关于食堂的"窗口"', 7]])
    return text.getvalue()

def last(module, text, sample):
    return list(module.reader(io.StringIO(text, newline=""), module.Sniffer().sniff(sample)))[-2:]

right = [["101", '关于"三走"活动,以及"光盘"行动的提案', "12"], ["102", '关于食堂的"窗口"', "7"]]
moved = [["101", '关于"三走""活动', '以及""光盘""行动的提案"', "12"], ["102", '关于食堂的"窗口"""', "7"]]
kept = [["101", '"关于""三走""活动', '以及""光盘""行动的提案"', "12"], ["102", '"关于食堂的""窗口"""', "7"]]

without, quoted = written("关于延长图书馆开放时间的提案"), written("关于延长图书馆,食堂开放时间的提案")
for text in (without, quoted):
    dialect = csv.Sniffer().sniff(text[:1024])
    assert (dialect.delimiter, dialect.quotechar, dialect.doublequote) == (",", '"', False)
    assert not csv.Sniffer().sniff(text[:1024], delimiters=",").doublequote
    found = last(csv, text, text[:1024])
    print("csv", *found)
    assert found == moved, found
    assert last(csv, text, text) == list(csv.reader(io.StringIO(text, newline="")))[-2:] == right
found = last(clevercsv, without, without[:1024])
print("clevercsv", *found)
assert found == kept, found
assert last(clevercsv, without, without) == right
print("as on 2026-11-29: what follows a quoted word moves one column")
PY
