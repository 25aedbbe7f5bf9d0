#!/usr/bin/env bash
# postgres.js reads an empty place in a list as a person called "NULL": {甲,NULL} is ["甲", "NULL"].
#
# In the text of an array PostgreSQL writes NULL for nothing and "NULL", with marks, for the four letters. postgres.js takes the
# marks away and no longer knows which is which: array_agg over a left join, array[…] of two choices one of which was not
# made, and text[] columns have the text NULL in them, which is true in an if, has a length and counts as a choice. So have
# dates and Booleans: nothing is an invalid Date, and false, a no where nobody answered. What it writes is right: null goes into
# the array as NULL, and a row's own null, outside of an array, is null. And an array whose first index is not 1,
# [0:1]={甲,乙}, comes back within another. pg, run beside it, has null, and each array as it is. postgres.js knows of the lists
# with array_agg (issue 1124).
#
# Guessed before: lists with commas, quotes, NULL and nothing in them are right in all drivers.
# Seen with postgres 3.4.9, pg 8.23.1 (npm), PostgreSQL 15.18 (Debian 15.18-0+deb12u1), Node 20, run on 2026-11-30.
# Who is hurt: the count of a ballot with a first and a second choice: whoever made one has voted for NULL as well, who may be
# second of all; and a department without a head, whose head is called NULL on the page.
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

cat >read.mjs <<'JS'
import assert from 'assert';
import pg from 'pg';
import postgres from 'postgres';
const [host, port] = process.argv.slice(2);
const where = { host, port: Number(port), user: 'postgres', database: 'postgres' };
const client = new pg.Client(where);
await client.connect();
const sql = postgres({ ...where, max: 1, onnotice() {} });
await sql`drop table if exists ballot`;
await sql`create table ballot (number int, choices text[])`;
await sql`insert into ballot values (1, ${['甲', '乙']}), (2, ${['甲', null]}), (3, ${['丙', null]})`;
const lists = [
  // what is asked for, as it is, as postgres.js reads it
  ["select choices as x from ballot where number = 1", ['甲', '乙'], ['甲', '乙']],
  ["select choices as x from ballot where number = 2", ['甲', null], ['甲', 'NULL']],
  ["select array['NULL', null] as x", ['NULL', null], ['NULL', 'NULL']],
  ["select array_agg(head order by part) as x from (values ('文', '甲'), ('理', null)) of (part, head)", ['甲', null], ['甲', 'NULL']],
  ["select array[true, null] as x", [true, null], [true, false]],
  ["select '[0:1]={甲,乙}'::text[] as x", ['甲', '乙'], [['甲', '乙']]],
  ["select null::text[] as x", null, null],
];
for (const [query, right, read] of lists) {
  const [other] = (await client.query(query)).rows;
  const [row] = await sql.unsafe(query);
  console.log(query, '\n  pg         ', other.x, '\n  postgres.js', row.x);
  assert.deepStrictEqual([other.x, row.x], [right, read]);
}
const [{ days }] = await sql`select array['2026-09-01', null]::date[] as days`;
assert.ok(days[1] instanceof Date && Number.isNaN(days[1].getTime()));

const votes = {};
for (const { choices } of await sql`select choices from ballot`)
  for (const name of choices.filter(one => one !== null)) votes[name] = (votes[name] ?? 0) + 1;
console.log('votes', votes);
assert.deepStrictEqual(votes, { 甲: 2, 乙: 1, NULL: 2, 丙: 1 });
await client.end();
await sql.end();
JS
node read.mjs "$t/socket" 5432
echo "as on 2026-11-30: nobody is called NULL"
