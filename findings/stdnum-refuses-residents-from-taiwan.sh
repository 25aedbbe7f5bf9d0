#!/usr/bin/env bash
# python-stdnum calls the number of every resident from Taiwan invalid; those of Hong Kong and Macao are fine.
#
# Since 2018 students from Hong Kong, Macao and Taiwan can have a residence permit with a number like everybody's, built
# the same way, which begins with 810000, 820000 and 830000. stdnum.cn.ric checks the first six digits against its table
# of regions, where 81 and 82 stand and 83 does not: InvalidComponent, "one of the parts is not valid". So of three who
# queue with the same card two are let in. Since 2023 the card of foreigners with permanent residence has such a number
# too, with a 9 in front: it is refused by the same rule. Birth date and check digit of all are right.
#
# Guessed before: all three are refused.
# Seen with python-stdnum 2.2, run on 2026-11-28.
# Who is hurt: students from Taiwan, and foreigners with a permanent residence card: the roll of voters that checks identity
# numbers leaves their rows out as mistyped, or its form does not let them register.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q python-stdnum==2.2

v/bin/python - <<'PY'
from stdnum.cn import ric
from stdnum.exceptions import InvalidComponent

def number(region, birth, order):
    first = f"{region}{birth}{order}"
    weights = [2 ** (17 - place) % 11 for place in range(17)]
    return first + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first, weights)) % 11]

people = {"北京海淀": number("110108", "20050102", "001"), "香港": number("810000", "20050102", "001"),
          "澳门": number("820000", "20050102", "001"), "台湾": number("830000", "20050102", "001"),
          "外国人": number("911124", "20050102", "001")}
seen = {}
for name, card in people.items():
    assert ric.calc_check_digit(card) == card[-1] and str(ric.get_birth_date(card)) == "2005-01-02"
    try:
        ric.validate(card)
        seen[name] = "valid"
    except InvalidComponent as error:
        seen[name] = type(error).__name__
    print(name, card, seen[name], ric.is_valid(card))
assert seen == {"北京海淀": "valid", "香港": "valid", "澳门": "valid", "台湾": "InvalidComponent", "外国人": "InvalidComponent"}
print("as on 2026-11-28: of 81, 82 and 83 the last is refused")
PY
