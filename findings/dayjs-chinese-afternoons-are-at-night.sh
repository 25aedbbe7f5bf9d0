#!/usr/bin/env bash
# Day.js cannot read back its own Chinese times: 中午12:30 is half past midnight, and 9月1日 下午3:30 is 3:30 in the morning.
#
# With the zh-cn locale, format("LLL") and "Ah:mm" write 凌晨, 早上, 上午, 中午, 下午 and 晚上. Read again with the same format and
# locale (plugin customParseFormat), every 中午12:… loses twelve hours. And where a blank stands between 日 and the word,
# as in YYYY年M月D日 Ah:mm, the plugin takes 年月日 for the word, so that nothing is known of the afternoon: 下午 and 晚上 lose
# twelve hours, and 凌晨12:30 gains them, while 中午 comes right. Mornings are right in all ways of writing, so is
# 2026-09-01 下午3:30, and so is moment with the same texts. The result is a valid date; strict parsing alone refuses it.
#
# Seen with dayjs 1.11.23, moment 2.31.0 (npm), Node 20, run on 2026-11-28.
# Who is hurt: delegates of a sitting on 2026年9月1日 下午3:30 that a page reads in from the notice it wrote itself: sign-in
# has been over since the morning; a vote that is to close at 中午12:30 is closed at half past midnight.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund dayjs@1.11.23 moment@2.31.0 >/dev/null

cat >times.js <<'JS'
const assert = require('assert');
const dayjs = require('dayjs');
const moment = require('moment');
require('dayjs/locale/zh-cn');
dayjs.extend(require('dayjs/plugin/customParseFormat'));
dayjs.extend(require('dayjs/plugin/localizedFormat'));
dayjs.locale('zh-cn');
moment.locale('zh-cn');

const expected = {
  'LLL': { 0: 0, 8: 8, 12: 0, 15: 15, 20: 20 },
  'YYYY年M月D日 Ah:mm': { 0: 12, 8: 8, 12: 12, 15: 3, 20: 8 },
  'YYYY-MM-DD Ah:mm': { 0: 0, 8: 8, 12: 0, 15: 15, 20: 20 },
  'YYYY年M月D日 HH:mm': { 0: 0, 8: 8, 12: 12, 15: 15, 20: 20 },
};
for (const [format, hours] of Object.entries(expected)) {
  for (const [hour, read] of Object.entries(hours)) {
    const text = dayjs(new Date(2026, 8, 1, hour, 30)).format(format);
    const back = dayjs(text, format, 'zh-cn');
    console.log(format, '|', text, '->', back.format('MM-DD HH:mm'), Number(hour) === read ? '' : '(wrong)');
    assert.ok(back.isValid());
    assert.strictEqual(back.format('YYYY-MM-DD HH:mm'), `2026-09-01 ${String(read).padStart(2, '0')}:30`);
    if (Number(hour) !== read) assert.ok(!dayjs(text, format, 'zh-cn', true).isValid());
    const other = moment(new Date(2026, 8, 1, hour, 30)).format(format);
    assert.strictEqual(moment(other, format).hour(), Number(hour));
  }
}
console.log('as on 2026-11-28: noon and, after a blank, the afternoon are twelve hours off');
JS
node times.js
