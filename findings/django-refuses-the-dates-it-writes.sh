#!/usr/bin/env bash
# Django in Chinese writes 2026年9月1日 and takes it for "no valid date" when it is typed; its list of formats has it.
#
# With LANGUAGE_CODE zh-hans every page shows dates as 2026年9月1日, and a DateField takes what DATE_INPUT_FORMATS of that
# language say, where this very form stands as "%Y年%n月%j日", with the comment that it is for 2016年9月5日. But that is the
# way of writing of Django's own filters, in which n is the month and j the day; input goes through strptime, to which
# %n is an error and %j the day of the year. So the form is refused for every day of the year, with zeros or without, in
# date and date-and-time fields, in zh-hant as well. 2026-09-01 and 2026/9/1 are taken. Korean, whose list says
# %Y년 %m월 %d일, takes the date that it shows.
#
# Guessed before: that a form which the framework's own list of formats names is taken.
# Seen with Django 5.2.19, run on 2026-11-29.
# Who is hurt: clerks who copy a date from the page, or from an official paper, into a form of the same page: 输入一个有效的日期。
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q Django==5.2.19

cat >dates.py <<'PY'
import datetime
import django
from django.conf import settings

settings.configure(USE_I18N=True, LANGUAGE_CODE="zh-hans")
django.setup()
from django import forms
from django.core.exceptions import ValidationError
from django.utils import formats, translation

def taken(field, text):
    try:
        return str(field.clean(text))
    except ValidationError as error:
        return " ".join(error.messages)

for language, refused in (("zh-hans", "输入一个有效的日期。"), ("zh-hant", "輸入有效的日期")):
    with translation.override(language):
        listed = [one for one in formats.get_format("DATE_INPUT_FORMATS") if "年" in one]
        first = datetime.date(2026, 1, 1)
        days = [first + datetime.timedelta(number) for number in range(365)]
        shown = [formats.date_format(day) for day in days]
        typed = [taken(forms.DateField(), text) for text in shown]
        zeros = [taken(forms.DateField(), day.strftime("%Y年%m月%d日")) for day in days]
        print(language, listed, shown[243], "->", typed[243])
        assert listed == ["%Y年%n月%j日"], listed
        assert shown[243] == "2026年9月1日", shown[243]
        assert set(typed) == set(zeros) == {refused}, (set(typed), set(zeros))
        moment = formats.date_format(datetime.datetime(2026, 9, 1, 15, 30), "DATETIME_FORMAT")
        print(language, moment, "->", taken(forms.DateTimeField(), moment))
        assert "2026" not in taken(forms.DateTimeField(), moment)
        assert taken(forms.DateField(), "2026/9/1") == taken(forms.DateField(), "2026-09-01") == "2026-09-01"
with translation.override("ko"):
    shown = formats.date_format(datetime.date(2026, 9, 1))
    print("ko", shown, "->", taken(forms.DateField(), shown))
    assert taken(forms.DateField(), shown) == "2026-09-01"
print("as on 2026-11-29: the date that the page shows is refused, on all days of the year")
PY
v/bin/python dates.py
