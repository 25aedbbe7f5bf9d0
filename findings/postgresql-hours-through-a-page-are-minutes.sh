#!/usr/bin/env bash
# pg hands out 36:30 hours as {"hours":36,"minutes":30}; sent back by the page, PostgreSQL reads that as 36 minutes 30 seconds.
#
# pg reads an interval into an object, and writes that very object as it was. Once it has been through JSON (a page, a session, a
# queue) it is a plain object, which pg sends as its JSON text. PostgreSQL takes brackets, quotes, colons and commas for blanks, and
# a word for the unit of the number in front of it: in hours 36 minutes 30 the 36 are minutes, the 30, with nothing behind
# it, seconds, and the first word is passed over. So every number slips to the unit that is named next: 1 year 2 months are 1
# month and 2 seconds, 3 days are 3 seconds, 10 days 30 minutes are 10 minutes 30. No error. Only {}, which is 0, and all six units
# at once are refused; seconds alone are right. postgres.js hands out text, 36:30:00, which can be sent back.
#
# Guessed before: read and written back, an interval is the same in pg and postgres.js (months are days in psycopg and asyncpg).
# Seen with pg 8.23.1, postgres 3.4.9 (npm), PostgreSQL 15.18 (Debian 15.18-0+deb12u1), Node 20, run on 2026-11-30.
# Who is hurt: volunteers whose hours were only opened and saved again: 36 and a half hours are 36 minutes, and a term of a year is
# over after a second.
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

cat >keep.mjs <<'JS'
import assert from 'assert';
import pg from 'pg';
import postgres from 'postgres';
const [host, port] = process.argv.slice(2);
const where = { host, port: Number(port), user: 'postgres', database: 'postgres' };
const client = new pg.Client(where);
await client.connect();
const sql = postgres({ ...where, max: 1, onnotice() {} });
await sql`create table service (hours interval)`;
const stored = async () => (await client.query('delete from service returning hours::text as text')).rows[0].text;
const durations = [
  // as it is, what came back from the page
  ['36:30:00', '00:36:30'],
  ['36:00:00', '00:00:36'],
  ['01:30:00', '00:01:30'],
  ['00:00:30', '00:00:30'],
  ['3 days', '00:00:03'],
  ['3 days 02:00:00', '03:00:02'],
  ['10 days 00:30:00', '00:10:30'],
  ['1 mon', '00:00:01'],
  ['1 year', '00:00:01'],
  ['1 year 2 mons', '1 mon 00:00:02'],
];
for (const [right, became] of durations) {
  const { rows: [{ read }] } = await client.query('select $1::interval as read', [right]);
  await client.query('insert into service values ($1)', [read]);
  assert.strictEqual(await stored(), right);
  const page = JSON.stringify(read);
  await client.query('insert into service values ($1)', [JSON.parse(page)]);
  const seen = await stored();
  console.log(right, page, seen);
  assert.strictEqual(seen, became);
  const [other] = await sql`select ${right}::interval as read`;
  await sql`insert into service values (${JSON.parse(JSON.stringify(other.read))})`;
  assert.strictEqual(await stored(), right);
}
const [{ text }] = await sql.unsafe(`select interval '{"hours":36,"minutes":30}'::text as text`);
assert.strictEqual(text, '00:36:30');
for (const object of [{}, { years: 1, months: 2, days: 3, hours: 4, minutes: 5, seconds: 6 }])
  await assert.rejects(client.query('insert into service values ($1)', [object]), /invalid input syntax for type interval/);
await client.end();
await sql.end();
JS
node keep.mjs "$t/socket" 5432
echo "as on 2026-11-30: hours that went through a page are minutes"
