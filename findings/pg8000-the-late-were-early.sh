#!/usr/bin/env bash
# pg8000 says that who came 45 minutes late was 45 minutes early: a negative interval has no minus below an hour.
#
# PostgreSQL writes a negative interval with one sign in front, -00:45:00, which is for hours, minutes and seconds alike. pg8000
# gives the sign to the hours alone: -0 hours and 45 minutes is 45 minutes, -01:30 is -1 hour and 30 minutes, half an hour, and
# -36:30 is an hour too little. Whole hours and days are right, and so is all that is positive. It is so for differences of two
# times or of two moments, for columns and for arrays of intervals, and through SQLAlchemy too. psycopg, run beside it, has each as
# it is. No error: it is a timedelta like any other.
#
# Guessed before: drivers differ in months and in infinity, and agree on hours and minutes.
# Seen with pg8000 1.31.6, psycopg 3.3.9, SQLAlchemy 2.1.9 (PyPI), PostgreSQL 15.18 (Debian 15.18-0+deb12u1), Python 3.11, run
# on 2026-11-30.
# Who is hurt: who signed in at 13:15 for 14:00 and who came at 14:45 are the same; papers handed in 20 minutes after the
# close are in good time, and volunteers whose hours were put right by -0:30 have half an hour more.
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
from datetime import timedelta

import pg8000.native
import psycopg
import sqlalchemy

socket = sys.argv[1]
native = pg8000.native.Connection("postgres", unix_sock=f"{socket}/.s.PGSQL.5432")
other = psycopg.connect(host=socket, user="postgres", autocommit=True)
engine = sqlalchemy.create_engine("postgresql+pg8000://postgres@/postgres",
                                  connect_args={"unix_sock": f"{socket}/.s.PGSQL.5432"})

def minutes(**more):
    return timedelta(**more) / timedelta(minutes=1)

intervals = {
    # what is asked for: minutes as they are, as pg8000 has them
    "time '14:00' - time '13:15'": (45, 45),
    "time '14:00' - time '14:45'": (-45, 45),
    "timestamp '2026-09-01 17:00' - timestamp '2026-09-01 17:20'": (-20, 20),
    "interval '-1:30'": (-90, -30),
    "interval '-36:30'": (-minutes(hours=36, minutes=30), -minutes(hours=35, minutes=30)),
    "interval '-1 day -2:30'": (-minutes(days=1, hours=2, minutes=30), -minutes(days=1, hours=1, minutes=30)),
    "interval '-2:00'": (-120, -120),
    "interval '-1 day'": (-minutes(days=1), -minutes(days=1)),
    "interval '36:30'": (minutes(hours=36, minutes=30),) * 2,
}
for asked, (right, read) in intervals.items():
    seen = native.run(f"select {asked}")[0][0] / timedelta(minutes=1)
    beside = other.execute(f"select {asked}").fetchone()[0] / timedelta(minutes=1)
    with engine.connect() as connection:
        through = connection.execute(sqlalchemy.text(f"select {asked}")).scalar() / timedelta(minutes=1)
    print(asked, "is", beside, "minutes, in pg8000", seen)
    assert (beside, seen, through) == (right, read, read), asked
assert native.run("select array[interval '-0:30']") == [[[timedelta(minutes=30)]]]
print("as on 2026-11-30: a minus is for the hours alone")
PY
