#!/usr/bin/env bash
# In a pie of ECharts three candidates with 20 votes each have 33.34%, 33.33% and 33.33%; four of six votes are 66.66%.
#
# {d} in a label is the share in percent, by itself with two decimals. ECharts wants the shares of a pie to add up to 100, takes
# all of them down to the last decimal and gives what is missing, a hundredth each, to those who lost most; of equal ones the
# first in the list gets it. So a share depends on the others and on the order: 4 of 6 votes are 66.67% if one other has the
# rest and 66.66% if two have it; with percentPrecision 0 they are 67% and 66%, 1 of 3 is 34% for the first name and
# 33% for the next. The sum is right; no share that is wrong differs by more than one in the last place. "%" made by hand
# out of {c} is what a calculator gives.
#
# Guessed before: each share is rounded for itself, and three thirds add up to 99.99%.
# Seen with echarts 6.1.0 (npm), Node 20, run on 2026-11-29.
# Who is hurt: two candidates with equal votes, where the published picture has one of them in front; and a motion with
# exactly two thirds, which is shown as 66.66% or 66% beside the record's 66.67%.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund echarts@6.1.0 >/dev/null

cat >pie.js <<'JS'
const assert = require('assert');
const echarts = require('echarts');

const shares = (votes, more = {}) => {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 600, height: 400 });
  const data = votes.map((value, place) => ({ name: '甲乙丙丁'[place], value }));
  chart.setOption({ animation: false, series: [{ type: 'pie', data, label: { formatter: '{b}{d}%' }, ...more }] });
  const drawn = [...chart.renderToSVGString().matchAll(/>([甲乙丙丁])([\d.]+)%</g)];
  chart.dispose();
  return drawn.map(([, , share]) => Number(share));
};
const whole = { percentPrecision: 0 };
for (const [votes, more, expected] of [
  [[20, 20, 20], {}, [33.34, 33.33, 33.33]],
  [[20, 20, 20], whole, [34, 33, 33]],
  [[1, 1, 4], {}, [16.67, 16.67, 66.66]],
  [[2, 4], {}, [33.33, 66.67]],
  [[1, 1, 4], whole, [17, 17, 66]],
  [[2, 4], whole, [33, 67]],
  [[15, 30], {}, [33.33, 66.67]],
]) {
  const found = shares(votes, more);
  console.log(votes, more, found);
  assert.deepStrictEqual(found, expected);
}
console.log('as on 2026-11-29: equal votes are unequal shares');
// It keeps a clock of its own running.
process.exit(0);
JS
node pie.js
