#!/usr/bin/env bash
# pg8000, once it could not read one value, answers each question with the answer to the one before: 丙 has 乙's votes.
#
# A sitting that ends at 24:00 is a valid time to PostgreSQL, and none to Python. pg8000 raises a ValueError, as one expects,
# while it reads the row, and leaves what the server says next (that the row was all, that it is ready) in the connection.
# The next query, which has nothing to do with it, takes that for its own end and gives nothing; the one after it
# gets the answer to the last, and so on as long as the connection lives, each answer with the row that was asked for before.
# Numbers come as numbers, so nothing raises. With values bound to the query (:name) the first is an empty list, "no such person",
# and then there are errors; so it is through SQLAlchemy, whose pool hands the connection to the next page. An
# array that counts from 0 brings it about too. psycopg raises for 24:00 as well, and its next answer is right. Nothing but the
# first ValueError is logged.
#
# Guessed before: a value that the driver cannot read is an error, of that query alone.
# Seen with pg8000 1.31.6, psycopg 3.3.9, SQLAlchemy 2.1.9 (PyPI), PostgreSQL 15.18 (Debian 15.18-0+deb12u1), Python 3.11, run
# on 2026-11-30.
# Who is hurt: everybody who is asked for by the same process after somebody opened the sitting that ended at midnight: votes,
# seats and quorums are another's, until somebody restarts the portal.
#
# Needs Debian 12 with its package lists, and python3. Installs into a temporary folder alone; the server listens to a socket
# there.
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
  "${other[@]}" env -i PATH="$PATH" LC_ALL=C.UTF-8 \
    LD_LIBRARY_PATH="$t/root/usr/lib/x86_64-linux-gnu:$t/root/lib/x86_64-linux-gnu" "$@"
}
cd "$t/socket"
as "$programs/initdb" -D "$t/data" -U postgres --auth=trust -E UTF8 --locale=C.UTF-8 >/dev/null
as "$programs/pg_ctl" -D "$t/data" -w -l "$t/data/log" -o "-c listen_addresses= -c unix_socket_directories=$t/socket \
  -c shared_buffers=16MB" start >/dev/null

cd "$t"
python3 -m venv v
v/bin/pip install -q pg8000==1.31.6 "psycopg[binary]==3.3.9" SQLAlchemy==2.1.9
v/bin/python - "$t/socket" <<'PY'
import sys

import pg8000.native
import psycopg
import sqlalchemy

socket = sys.argv[1]
unix_sock = f"{socket}/.s.PGSQL.5432"
other = psycopg.connect(host=socket, user="postgres", autocommit=True)
other.execute("create table sitting (name text, votes int, ends time)")
other.execute("insert into sitting values ('甲', 5, '22:00'), ('乙', 7, '24:00'), ('丙', 9, '21:30')")

def pg8000_run(connection, query, **values):
    try:
        return connection.run(query, **values)
    except ValueError as error:
        return str(error)

midnight = "time data '24:00:00' does not match format '%H:%M:%S'"
for bad in ("select ends from sitting where name = '乙'", "select array[time '24:00']", "select '[0:1]={甲,乙}'::text[]"):
    native = pg8000.native.Connection("postgres", unix_sock=unix_sock)
    assert native.run("select votes from sitting where name = '甲'") == [[5]]
    try:
        native.run(bad)
        raise AssertionError(bad)
    except (ValueError, IndexError) as error:
        print(bad, "raises", repr(error))
    asked = ["select votes from sitting where name = '甲'", "select votes from sitting where name = '乙'",
             "select votes from sitting where name = '丙'", "select count(*) from sitting", "select sum(votes) from sitting",
             "select 'the last'"]
    answers = [native.run(query) for query in asked]
    for query, answer in zip(asked, answers):
        print("  ", query, "->", answer)
    assert answers == [None, [[5]], [[7]], [[9]], [[3]], [[21]]], answers

native = pg8000.native.Connection("postgres", unix_sock=unix_sock)
votes = "select votes from sitting where name = :name"
assert pg8000_run(native, votes, name="丙") == [[9]]
assert pg8000_run(native, "select ends from sitting where name = :name", name="乙") == midnight
assert pg8000_run(native, votes, name="丙") == []

engine = sqlalchemy.create_engine("postgresql+pg8000://postgres@/postgres", connect_args={"unix_sock": unix_sock},
                                  pool_size=1, max_overflow=0)

def page(query, name):
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sqlalchemy.text(query), {"name": name})]

assert page(votes, "丙") == [(9,)]
try:
    page("select ends from sitting where name = :name", "乙")
    raise AssertionError("read")
except ValueError as error:
    assert str(error) == midnight
after = page(votes, "丙")
print("through SQLAlchemy, the page after:", after)
assert after == []

try:
    other.execute("select ends from sitting where name = '乙'").fetchall()
    raise AssertionError("read")
except psycopg.DataError:
    assert other.execute("select votes from sitting where name = '丙'").fetchall() == [(9,)]
print("as on 2026-11-30: each answer is the one before")
PY
