#!/usr/bin/env bash
# marked and remark-gfm strike what stands between two "~": in 第3~5周和第7~9周 both lose their ~, and 5周和第7 is struck out.
#
# In Chinese ~ is the sign of a range, as people type it: weeks, hours, articles, numbers of people. In Markdown it is a sign for
# text that no longer holds, and two of them are a pair: two ranges in one sentence. One range alone, with which one tries it, is
# shown as it is. As text, in a mail or to a program, the sentence is 第35周和第79周, and 9:00~10:00、14:00~15:00 is
# 9:0010:00、14:0015:00. pandoc takes the pair for small figures below the line. markdown-it and commonmark.js want two ~ on
# each side, or none at all, and keep the text; turndown, which writes Markdown from a page, sets its \ before *, _ and 3. but not
# before ~, so that a timetable goes from one page to the next through it and is another. It is no fault of theirs: GitHub's rules
# say "one or two tildes", and remark-gfm names the switch (singleTilde, on). Masked names go the same way, in all five:
# 张*明、李*华 are 张明、李华.
#
# Guessed before: that marked and remark-gfm strike it was guessed from GitHub's rules, the figures of pandoc too; that turndown
# writes it so was not.
# Seen with marked 18.2.1, remark-gfm 4.0.1 with remark 15.0.1 and remark-html 16.0.1, markdown-it 15.0.3, commonmark 0.31.2,
# turndown 7.2.5 (npm), pypandoc_binary 1.17 (pandoc 3.9, PyPI), Node 20, Python 3.11, run on 2026-11-30.
# Who is hurt: who goes by the notice: lessons in weeks 35 and 79, office hours that have been called off, articles 3 to 5 of which
# nobody knows whether they are struck; and people whose names were to be masked.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q pypandoc_binary==1.17
npm init -y >/dev/null
npm install --silent --no-audit --no-fund marked@18.2.1 remark@15.0.1 remark-gfm@4.0.1 remark-html@16.0.1 markdown-it@15.0.3 \
  commonmark@0.31.2 turndown@7.2.5 >/dev/null

cat >weeks.mjs <<'JS'
import assert from 'assert';
import { marked } from 'marked';
import MarkdownIt from 'markdown-it';
import { remark } from 'remark';
import gfm from 'remark-gfm';
import html from 'remark-html';
import * as commonmark from 'commonmark';
import Turndown from 'turndown';

const striking = {
  marked: text => marked.parse(text).trim(),
  'remark-gfm': async text => String(await remark().use(gfm).use(html).process(text)).trim(),
};
const keeping = {
  'markdown-it': text => new MarkdownIt().render(text).trim(),
  commonmark: text => new commonmark.HtmlRenderer().render(new commonmark.Parser().parse(text)).trim(),
};
for (const [text, struck] of [
  ['第3~5周和第7~9周上课', '第3<del>5周和第7</del>9周上课'],
  ['9:00~10:00、14:00~15:00 值班', '9:00<del>10:00、14:00</del>15:00 值班'],
  ['删去第1~3条和第5~8条', '删去第1<del>3条和第5</del>8条'],
  ['第3~5周上课', '第3~5周上课'],
]) {
  for (const [name, render] of Object.entries(striking)) {
    const seen = await render(text);
    console.log(name, seen);
    assert.strictEqual(seen, `<p>${struck}</p>`, name);
  }
  for (const [name, render] of Object.entries(keeping)) assert.strictEqual(await render(text), `<p>${text}</p>`, name);
}
const markdown = new Turndown().turndown('<p>第3~5周和第7~9周，张*明</p>');
assert.strictEqual(markdown, '第3~5周和第7~9周，张\\*明');
for (const [name, render] of Object.entries({ ...striking, ...keeping }))
  assert.strictEqual(await render('张*明、李*华'), '<p>张<em>明、李</em>华</p>', name);
JS
node weeks.mjs

v/bin/python - <<'PY'
import pypandoc
seen = pypandoc.convert_text("第3~5周和第7~9周上课", "html", "markdown").strip()
print("pandoc", seen)
assert seen == "<p>第3<sub>5周和第7</sub>9周上课</p>"
assert pypandoc.convert_text("第3~5周和第7~9周上课", "plain", "markdown", ["--wrap=none"]).strip() != "第3~5周和第7~9周上课"
assert pypandoc.convert_text("张*明、李*华", "html", "markdown").strip() == "<p>张<em>明、李</em>华</p>"
PY
echo "as on 2026-11-30: two ranges strike what is between them"
