#!/usr/bin/env bash
# pandas.to_markdown prints 2.024e+07 as the student number of everybody as soon as one is 2024E003; article 3.10 is 3.1.
#
# to_markdown hands the table to tabulate, which makes numbers of texts that look like some and prints the column as such. A column
# whose texts are all plain figures is printed as it stands, zeros in front and all, which is what one sees at first. One text that
# Python reads as a float, 2024E003 (the letter of a branch or of an exchange), makes floats of the others too, and they are
# printed with six figures: 20240001 to 20240049 are the same 2.024e+07. In the same way 3.10 is 3.1 and, beside 3.9,
# stands for another article, and 05 is 5 beside 3.9 and 05 alone. That the frame is of strings does not matter. The remedy is
# disable_numparse=True, which to_markdown passes on.
#
# Guessed before: text is printed as it is; at worst zeros in front are lost.
# Seen with tabulate 0.9.0, pandas 3.1.1 (PyPI), Python 3.11, run on 2026-11-29.
# Who is hurt: all students of a list put on a page or into minutes: one letter in one row takes the numbers from the others.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q tabulate==0.9.0 pandas==3.1.1

v/bin/python - <<'PY'
import pandas
from tabulate import tabulate

def printed(texts, **how):
    """The column as to_markdown prints it, and as tabulate does by itself."""
    frame = pandas.DataFrame({"姓名": [f"某{place}" for place in range(len(texts))], "值": texts}, dtype="str")
    rows = frame.to_markdown(index=False, **how).splitlines()[2:]
    own = tabulate(frame.values.tolist(), tablefmt="pipe", **how).splitlines()[1:]
    columns = [[row.split("|")[2].strip() for row in table] for table in (rows, own)]
    assert columns[0] == columns[1], columns
    return columns[0]

plain = ["0020240001", "0020240002", "0020240003"]
for texts, expected in (
    (plain, plain),
    (["20240001", "20240002", "2024D003"], ["20240001", "20240002", "2024D003"]),
    (["20240001", "20240049", "2024E003"], ["2.024e+07", "2.024e+07", "2.024e+06"]),
    (["3.9", "3.10", "3.11"], ["3.9", "3.1", "3.11"]),
    (["05", "06"], ["05", "06"]),
    (["05", "3.9"], ["5", "3.9"]),
):
    found = printed(texts)
    print(texts, found)
    assert found == expected, found
    assert printed(texts, disable_numparse=True) == texts
print("as on 2026-11-29: one letter, and all have one number")
PY
