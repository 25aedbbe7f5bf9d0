#!/usr/bin/env bash
# postgres.js stores the "on" of a ticked box as false, and 2026/9/1, typed in China, as 31 August; without a word.
#
# A form sends texts: "on" or "true" for a box, 2026/9/1 for a day. PostgreSQL reads all of these. postgres.js asks it for the
# type of each parameter and puts the text through JavaScript first: for a boolean all but the very value true is f, be it
# "true", "on", "1" or 1; for a date or a timestamp the text goes through Date and is sent in UTC. So 2026/9/1, 2026-9-1 and
# 2026.9.1, midnight in China, are 31 August there, and 14:00 in a column without a zone is 6:00, even where +08:00 is
# written. 2026-09-01, the one way of writing that Date takes for UTC, is right; so are a Date and true; and with TZ=UTC, in
# which tests run, days are right too, and the false booleans stay. pg, run beside it, stores what was typed.
#
# Guessed before: that drivers differ in intervals and infinity; that a text is changed on its way to the server was not guessed.
# Seen with postgres 3.4.9, pg 8.23.1 (npm), PostgreSQL 15.18 (Debian 15.18-0+deb12u1), Node 20, run on 2026-11-30.
# Who is hurt: a candidate who ticked 同意参选 and 服从调剂, which are both no in the table; and who typed the last day of the
# inscription as 2026/9/1: it closes a day early, and only on the machine that is set to China's time.
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
  "${other[@]}" env -i PATH="$PATH" LC_ALL=C.UTF-8 \
    LD_LIBRARY_PATH="$t/root/usr/lib/x86_64-linux-gnu:$t/root/lib/x86_64-linux-gnu" "$@"
}
cd "$t/socket"
as "$programs/initdb" -D "$t/data" -U postgres --auth=trust -E UTF8 --locale=C.UTF-8 >/dev/null
as "$programs/pg_ctl" -D "$t/data" -w -l "$t/data/log" -o "-c listen_addresses= -c unix_socket_directories=$t/socket \
  -c shared_buffers=16MB" start >/dev/null

mkdir "$t/node" && cd "$t/node"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund postgres@3.4.9 pg@8.23.1 >/dev/null

cat >write.mjs <<'JS'
import assert from 'assert';
import pg from 'pg';
import postgres from 'postgres';
const [host, port] = process.argv.slice(2);
const where = { host, port: Number(port), user: 'postgres', database: 'postgres' };
const client = new pg.Client(where);
await client.connect();
const sql = postgres({ ...where, max: 1, onnotice() {} });
await sql`drop table if exists application`;
await sql`create table application (agrees boolean, day date, begins timestamp)`;
const utc = process.env.TZ === 'UTC';
const rows = [
  // column, what is typed, as PostgreSQL reads it, as postgres.js stores it
  ['agrees', true, 'true', 'true'],
  ['agrees', 'true', 'true', 'false'],
  ['agrees', 'on', 'true', 'false'],
  ['agrees', '1', 'true', 'false'],
  ['agrees', 1, 'true', 'false'],
  ['day', '2026-09-01', '2026-09-01', '2026-09-01'],
  ['day', '2026-9-1', '2026-09-01', utc ? '2026-09-01' : '2026-08-31'],
  ['day', '2026/9/1', '2026-09-01', utc ? '2026-09-01' : '2026-08-31'],
  ['day', '2026/09/01', '2026-09-01', utc ? '2026-09-01' : '2026-08-31'],
  ['day', '2026.9.1', '2026-09-01', utc ? '2026-09-01' : '2026-08-31'],
  ['begins', '2026-09-01 14:00', '2026-09-01 14:00:00', utc ? '2026-09-01 14:00:00' : '2026-09-01 06:00:00'],
  ['begins', '2026-09-01T14:00', '2026-09-01 14:00:00', utc ? '2026-09-01 14:00:00' : '2026-09-01 06:00:00'],
  ['begins', '2026-09-01 14:00+08:00', '2026-09-01 14:00:00', '2026-09-01 06:00:00'],
];
const stored = async column => (await client.query(`delete from application returning ${column}::text as text`)).rows[0].text;
for (const [column, typed, right, changed] of rows) {
  await client.query(`insert into application (${column}) values ($1)`, [typed]);
  assert.strictEqual(await stored(column), right);
  await sql`insert into application ${sql({ [column]: typed })}`;
  const seen = await stored(column);
  console.log(process.env.TZ, column, JSON.stringify(typed), 'pg', right, 'postgres.js', seen);
  assert.strictEqual(seen, changed);
}
await client.end();
await sql.end();
JS
TZ=Asia/Shanghai node write.mjs "$t/socket" 5432
TZ=UTC node write.mjs "$t/socket" 5432 >/dev/null
echo "as on 2026-11-30: what is typed is not what is stored"
