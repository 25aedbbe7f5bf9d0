#!/usr/bin/env bash
# In MariaDB as Debian sets it up, 王𬀩, 王𬭎, 王𫖯 and 王𠅤 are one name: votes add up, searches give four people.
#
# Debian's server starts with utf8mb4 and the collation utf8mb4_general_ci, in which all characters beyond U+FFFF weigh
# the same. Those are where Unicode has the rare characters that the registers of residents allow in names (𬀩, 𬭎, 𫖯).
# They are stored and shown rightly, so a look at the table finds nothing; but = , DISTINCT, GROUP BY, unique keys and
# joins hold them for one another. utf8mb4_unicode_ci does the same; utf8mb4_unicode_520_ci, uca1400_ai_ci and
# utf8mb4_bin do not. Names of commoner characters, 王㛃 of Extension A among them, are right.
#
# Seen with MariaDB 10.11.19 (Debian 1:10.11.19-0+deb12u1), character set and collation as Debian's 50-server.cnf has
# them, run on 2026-11-28.
# Who is hurt: students whose names have such a character (通用规范汉字表 lists these four): a poll counted by GROUP BY in the
# school's database gives one of them the votes of all; the second of them cannot be entered where names are unique.
#
# Needs Debian 12 with its package lists. Installs into a temporary folder alone; the server listens to a socket there.
set -euo pipefail

t=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait; rm -rf "$t"' EXIT
mkdir -p "$t/debs/partial" "$t/root" "$t/data/mysql"
apt-get -qq -o Debug::NoLocking=1 -o Dir::State::status=/dev/null -o APT::Install-Recommends=false -o APT::Sandbox::User=root \
  -o Dir::Cache::archives="$t/debs" install --download-only -y \
  mariadb-server-core=1:10.11.19-0+deb12u1 mariadb-client-core=1:10.11.19-0+deb12u1 >/dev/null
for deb in "$t"/debs/*.deb; do dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$t/root"; done

cat >"$t/my.cnf" <<CNF
[mysqld]
datadir=$t/data
socket=$t/socket
skip-networking
lc-messages-dir=$t/root/usr/share/mysql
character-set-server=utf8mb4
collation-server=utf8mb4_general_ci
CNF
libraries=$t/root/usr/lib/x86_64-linux-gnu:$t/root/lib/x86_64-linux-gnu
run() {
  local program=$1
  shift
  LD_LIBRARY_PATH="$libraries" "$t/root/usr/$program" "$@"
}
who=$(id -un)
{ echo "use mysql;"; cat "$t/root/usr/share/mysql/mysql_system_tables.sql"; } |
  run sbin/mariadbd --defaults-file="$t/my.cnf" --user="$who" --bootstrap >"$t/log" 2>&1
# Not by run: the process that is ended below must be the server itself.
LD_LIBRARY_PATH="$libraries" "$t/root/usr/sbin/mariadbd" --defaults-file="$t/my.cnf" --user="$who" --skip-grant-tables \
  >>"$t/log" 2>&1 &
server=$!
sql() { run bin/mariadb --no-defaults --default-character-set=utf8mb4 --socket="$t/socket" -N -B -e "$1"; }
for _ in $(seq 60); do sql 'select 1' >/dev/null 2>&1 && break || sleep 0.5; done

expect() {
  local seen
  seen=$(sql "use school; $1" | tr '\t\n' ' ;')
  echo "$1 -> $seen"
  [ "$seen" = "$2" ] || { echo "otherwise than on 2026-11-28: $2" >&2; exit 1; }
}
sql "create database school; use school;
  create table student (number varchar(20) primary key, name varchar(20));
  insert into student values ('1','王𬀩'), ('2','王𬭎'), ('3','王𫖯'), ('4','王𠅤'), ('5','王㛃'), ('6','王伟');
  create table vote (name varchar(20));
  insert into vote values ('王𬀩'), ('王𬭎'), ('王𬭎'), ('王𫖯'), ('王伟'), ('王伟'), ('王伟');"
expect "select version()" "10.11.19-MariaDB-0+deb12u1;"
expect "select @@collation_database" "utf8mb4_general_ci;"
expect "select group_concat(name order by number) from student" "王𬀩,王𬭎,王𫖯,王𠅤,王㛃,王伟;"
expect "select group_concat(number order by number) from student where name = '王𬀩'" "1,2,3,4;"
expect "select count(distinct name) from student" "3;"
expect "select count(*) n from vote group by name order by n desc" "4;3;"
expect "select '王𬀩' = '王𬭎' collate utf8mb4_unicode_ci" "1;"
expect "select '王𬀩' = '王𬭎' collate utf8mb4_unicode_520_ci" "0;"
expect "select '王𬀩' = '王𬭎' collate utf8mb4_bin" "0;"
echo "as on 2026-11-28: four candidates share four votes in one line and beat 王伟, who has three"
