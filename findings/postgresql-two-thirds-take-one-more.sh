#!/usr/bin/env bash
# In PostgreSQL 30 >= 45 * (2/3.0) is false, and so it is with big.js and bignumber.js: 30 of 45 are not two thirds.
#
# All three are taken where floating point is not trusted. 2/3 has twenty decimals in them and is rounded: 0.66666666666666666667 is
# a little more than two thirds, and a product is exact, 30.00000000000000000015. So two thirds of 45, rounded up, are 31. It is
# so for every number of members up to 999 that can be divided by three, 333 of 333, and with 2::numeric/3 as with 2/3.0. With
# double precision, the numbers of JavaScript and decimal.js, which rounds the product again, none of the 333 is wrong; nor
# is any where one multiplies first, 45 * 2 / 3. One third is rounded down, and is right.
#
# Guessed before: numeric and big.js give what one gets on paper, and it is floating point that may ask for 31.
# Seen with @electric-sql/pglite 0.5.17 (PostgreSQL 18.7), big.js 7.0.1, bignumber.js 11.1.5, decimal.js 10.6.0 (npm), Node 20,
# run on 2026-11-29; PostgreSQL 15.18 is the same.
# Who is hurt: a motion with exactly two thirds, which falls through, and a meeting with exactly two thirds present, which has no
# quorum, in the program that was to be exact. Assemblies of 44 or 46, where nothing comes out even, are right.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @electric-sql/pglite@0.5.17 big.js@7.0.1 bignumber.js@11.1.5 decimal.js@10.6.0 >/dev/null

cat >thirds.mjs <<'JS'
import assert from 'assert';
import { PGlite } from '@electric-sql/pglite';
import Big from 'big.js';
import BigNumber from 'bignumber.js';
import Decimal from 'decimal.js';

const database = new PGlite();
const ask = async question => (await database.query(question)).rows[0];

const one = await ask(`select (45 * (2/3.0))::text as asked, 30 >= 45 * (2/3.0) as enough, ceil(45 * (2/3.0))::int as votes,
  30 >= 45 * 2 / 3.0 as multiplied, ceil(45 * (1/3.0))::int as third, ceil(44 * (2/3.0))::int as uneven`);
console.log('PostgreSQL', one);
const more = '30.00000000000000000015';
assert.deepStrictEqual(one, { asked: more, enough: false, votes: 31, multiplied: true, third: 15, uneven: 30 });
for (const Exact of [Big, BigNumber]) {
  const asked = new Exact(2).div(3).times(45);
  console.log(Exact.name, asked.toString(), new Exact(30).gte(asked));
  assert.strictEqual(asked.toString(), more);
  assert(!new Exact(30).gte(asked));
}

const wrong = await ask(`select count(*) filter (where ceil(n * (2/3.0)) <> n*2/3)::int as numeric,
  count(*) filter (where ceil(n * (2::numeric/3)) <> n*2/3)::int as cast,
  count(*) filter (where ceil(n * (2::float8/3)) <> n*2/3)::int as double,
  count(*) filter (where ceil(n * 2 / 3.0) <> n*2/3)::int as multiplied from generate_series(3, 999, 3) as n`);
Object.assign(wrong, { big: 0, bignumber: 0, decimal: 0, javascript: 0, bigMultiplied: 0 });
for (let members = 3; members <= 999; members += 3) {
  const right = members / 3 * 2;
  const count = (name, votes) => { wrong[name] += Number(votes) !== right; };
  count('big', Big(2).div(3).times(members).round(0, Big.roundUp));
  count('bigMultiplied', Big(2).times(members).div(3).round(0, Big.roundUp));
  count('bignumber', BigNumber(2).div(3).times(members).integerValue(BigNumber.ROUND_CEIL));
  count('decimal', new Decimal(2).div(3).times(members).ceil());
  count('javascript', Math.ceil(2 / 3 * members));
}
console.log('of 333 wrong:', wrong);
assert.deepStrictEqual(wrong, { numeric: 333, cast: 333, double: 0, multiplied: 0, big: 333, bignumber: 333, decimal: 0,
  javascript: 0, bigMultiplied: 0 });
await database.close();
console.log('as on 2026-11-29: exact numbers ask for a vote more');
JS
node thirds.mjs
