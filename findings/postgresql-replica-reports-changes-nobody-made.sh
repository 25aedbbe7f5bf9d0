#!/usr/bin/env bash
# On a logical replica of PostgreSQL a trigger for "update of votes" fires when a name is corrected.
#
# UPDATE OF names the columns for which a trigger is there, and fires where a statement sets one of them. On the
# publisher that is so. What applies the changes on the subscriber has no statement; it gets the row and takes every
# column of it for set, so that the same trigger, told to fire there (ENABLE ALWAYS), fires at each update of a row,
# with the old votes equal to the new. WHEN (OLD.votes IS DISTINCT FROM NEW.votes) is right on both sides. REPLICA
# IDENTITY FULL does not change it.
#
# Guessed before: the trigger fires on the replica where it fires on the publisher, though with a doubt.
# Seen with PostgreSQL 15.18 (Debian 15.18-0+deb12u1), run on 2026-11-29.
# Who is hurt: a count that is logged or announced from the second database: its record says that somebody set 张三's
# votes after the poll, and it was a correction of his name.
#
# Needs Debian 12 with its package lists. Installs into a temporary folder alone; the server listens to a socket there.
set -euo pipefail

t=$(mktemp -d)
stop() { [ ! -e "$t/data/postmaster.pid" ] || as "$programs/pg_ctl" -D "$t/data" -m fast -w stop >/dev/null 2>&1 || true; }
trap 'stop; rm -rf "$t"' EXIT
mkdir -p "$t/debs/partial" "$t/root" "$t/data" "$t/socket"
apt-get -qq -o Debug::NoLocking=1 -o Dir::State::status=/dev/null -o APT::Install-Recommends=false -o APT::Sandbox::User=root \
  -o Dir::Cache::archives="$t/debs" install --download-only -y \
  postgresql-15=15.18-0+deb12u1 postgresql-client-15=15.18-0+deb12u1 >/dev/null
for deb in "$t"/debs/*.deb; do dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$t/root"; done
programs=$t/root/usr/lib/postgresql/15/bin

# The server does not run as root: as nobody then.
chmod 755 "$t"
[ "$(id -u)" != 0 ] || chown 65534:65534 "$t/data" "$t/socket"
as() {
  local other=()
  [ "$(id -u)" != 0 ] || other=(setpriv --reuid=65534 --regid=65534 --clear-groups)
  "${other[@]}" env -i PATH="$PATH" LC_ALL=C.UTF-8 PGHOST="$t/socket" PGUSER=postgres \
    LD_LIBRARY_PATH="$t/root/usr/lib/x86_64-linux-gnu:$t/root/lib/x86_64-linux-gnu" "$@"
}
cd "$t/socket"
as "$programs/initdb" -D "$t/data" -U postgres --auth=trust -E UTF8 --locale=C.UTF-8 >/dev/null
as "$programs/pg_ctl" -D "$t/data" -w -l "$t/data/log" -o "-c listen_addresses= -c unix_socket_directories=$t/socket \
  -c wal_level=logical -c shared_buffers=16MB" start >/dev/null
sql() { as "$programs/psql" -X -q -A -t -v ON_ERROR_STOP=1 -d "$1" -c "$2"; }

for database in count replica; do
  sql postgres "create database $database"
  sql $database "create table candidate (id int primary key, name text, votes int)"
  sql $database "create table seen (id serial, what text)"
  sql $database "create function note() returns trigger language plpgsql set search_path = public as \$\$ begin
    insert into seen (what) values (tg_argv[0] || ': ' || new.name || ' ' || old.votes || ' -> ' || new.votes);
    return null; end \$\$"
  sql $database "create trigger a after update of votes on candidate for each row execute function note('of votes')"
  sql $database "create trigger b after update on candidate for each row when (old.votes is distinct from new.votes)
    execute function note('when')"
  sql $database "alter table candidate enable always trigger a"
  sql $database "alter table candidate enable always trigger b"
done
sql count "create publication result for table candidate"
sql count "select pg_create_logical_replication_slot('result', 'pgoutput')" >/dev/null
sql replica "create subscription result connection 'host=$t/socket user=postgres dbname=count' publication result
  with (create_slot = false, slot_name = 'result')"

arrived() { # a row of candidate that the replica has in the end
  for _ in $(seq 120); do
    [ "$(sql replica "select count(*) from candidate where $1")" = 0 ] || return 0
    sleep 0.5
  done
  echo "nothing arrived: $1" >&2
  exit 1
}
expect() { # where, what was seen there
  local seen
  seen=$(sql "$1" "select coalesce(string_agg(what, ', ' order by id), 'nothing') from seen")
  echo "$1: $seen"
  [ "$seen" = "$2" ] || { echo "otherwise than on 2026-11-29: $2" >&2; exit 1; }
}
sql count "insert into candidate values (1, '张三', 50)"
arrived "id = 1"
sql count "update candidate set name = '章三' where id = 1"
arrived "name = '章三'"
expect count "nothing"
expect replica "of votes: 章三 50 -> 50"
sql count "update candidate set votes = 51 where id = 1"
arrived "votes = 51"
expect count "of votes: 章三 50 -> 51, when: 章三 50 -> 51"
expect replica "of votes: 章三 50 -> 50, of votes: 章三 50 -> 51, when: 章三 50 -> 51"
sql count "alter table candidate replica identity full"
sql count "update candidate set name = '张三' where id = 1"
arrived "name = '张三'"
expect replica "of votes: 章三 50 -> 50, of votes: 章三 50 -> 51, when: 章三 50 -> 51, of votes: 张三 51 -> 51"
sql replica "drop subscription result" 2>/dev/null
echo "as on 2026-11-29: on the replica votes are set that nobody set"
