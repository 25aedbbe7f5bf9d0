#!/usr/bin/env bash
# csvsort, sorting a roster by name, rewrites the rest: F is False, the choice "1,3" is 13, class 1-2 is 2 January 2001.
#
# csvkit's csvsort and csvjoin guess a type for each column and write the values back out in it, and the guesses go far:
# a column of F alone (a women's dormitory, 性别) is a Boolean and becomes False; ballots of 1 and 0 become True and
# False; "1,3" is a number with a separator of thousands; 1-2 is a day of 2001; a duty of Sat is Saturday 6 January of
# the year 1; 0020240001 loses its zeros. One M among the Fs, or one class 软件1, and the column is left alone, so the
# same command is right for one college and wrong for the next. csvcut, csvgrep and csvstack, of the same package,
# change nothing. The rows are in the order that was asked for, which is what one looks at. The remedy is
# --no-inference, but with --blanks beside it: without it the name Na (娜) is still taken for "n/a" and comes back empty.
#
# Seen with csvkit 2.2.0, agate 1.14.2, run on 2026-11-28 and, with 李娜, on 2026-11-29.
# Who is hurt: the office that sorts delegates or joins rooms to people before the import: 志愿 1,3 and 13 cannot be told
# apart any more, and a class 1-2 that comes back as 2001-01-02 is no class of anybody's.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q csvkit==2.2.0 agate==1.14.2

cat >women.csv <<'CSV'
姓名,性别,志愿,班,值班,学号,赞成
王五,F,"1,3",1-2,Sat,0020240003,1
李四,F,"2,1",1-3,Sun,0020240002,0
赵六,F,"2,3",2-1,Mon,0020240004,1
CSV
cat >mixed.csv <<'CSV'
姓名,性别,志愿,班
王五,F,1、3,软件1
李四,M,2、1,1-3
CSV
cat >rooms.csv <<'CSV'
姓名,房间
王五,2-301
李四,3-11
赵六,1-13
CSV
same() {
  echo "$1:"
  cat "$2"
  diff "$2" - <<<"$3" || { echo "otherwise than on 2026-11-28" >&2; exit 1; }
}
v/bin/csvsort -c 姓名 women.csv >sorted.csv
same "csvsort -c 姓名" sorted.csv '姓名,性别,志愿,班,值班,学号,赞成
李四,False,21,2001-01-03,0001-01-07,20240002,False
王五,False,13,2001-01-02,0001-01-06,20240003,True
赵六,False,23,2001-02-01,0001-01-08,20240004,True'
v/bin/csvjoin -c 姓名 women.csv rooms.csv | v/bin/csvcut -c 姓名,性别,班,房间 >joined.csv
same "csvjoin -c 姓名" joined.csv '姓名,性别,班,房间
王五,False,2001-01-02,2-301
李四,False,2001-01-03,3-11
赵六,False,2001-02-01,1-13'
v/bin/csvsort -c 姓名 mixed.csv >sorted.csv
same "the same for another college" sorted.csv '姓名,性别,志愿,班
李四,M,2、1,1-3
王五,F,1、3,软件1'
v/bin/csvsort --no-inference -c 姓名 women.csv >sorted.csv
same "with --no-inference" sorted.csv '姓名,性别,志愿,班,值班,学号,赞成
李四,F,"2,1",1-3,Sun,0020240002,0
王五,F,"1,3",1-2,Sat,0020240003,1
赵六,F,"2,3",2-1,Mon,0020240004,1'
printf '姓,名\nWu,Min\nLi,Na\n' >pinyin.csv
v/bin/csvsort --no-inference -c 姓 pinyin.csv >sorted.csv
same "李娜 in pinyin, with --no-inference" sorted.csv '姓,名
Li,
Wu,Min'
v/bin/csvsort --no-inference --blanks -c 姓 pinyin.csv >sorted.csv
same "with --blanks too" sorted.csv '姓,名
Li,Na
Wu,Min'
echo "as on 2026-11-28: sorting by one column rewrites six others"
