#!/usr/bin/env bash
# easy-template-x, given a value of two lines, prints the rest of the sentence after the first line, not the last.
#
# A value may have lines, and they become lines in Word. But what stands behind the tag in the same run comes to stand
# behind the first of them. 受记过处分：{a}。不受影响：{b}。, with 甲 and 乙 for a and 丙 and 丁 for b, one a line, becomes
# "受记过处分：甲。不受影响：丙。 / 乙 / 丁" instead of "受记过处分：甲 / 乙。不受影响：丙 / 丁。": 乙, who was to be punished, stands below
# those who were not. Values of one line, and tags that are last in their run (also where Word broke the sentence into
# runs, as it does at a spelling mark), are right; docxtemplater and docx-templates are right always. Nothing is lost, so
# a test that looks for all words finds them.
#
# Guessed before: the line break is dropped, or shown as a blank.
# Seen with easy-template-x 7.2.8, docxtemplater 3.71.0 (linebreaks: true), docx-templates 4.15.0, pizzip 3.3.0 (npm),
# Node 20, run on 2026-11-28.
# Who is hurt: the office that fills a decision with lists of names or duties, one a line.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund easy-template-x@7.2.8 docxtemplater@3.71.0 docx-templates@4.15.0 pizzip@3.3.0 >/dev/null

cat >fill.js <<'JS'
const assert = require('assert');
const Docxtemplater = require('docxtemplater');
const { createReport } = require('docx-templates');
const { TemplateHandler } = require('easy-template-x');
const PizZip = require('pizzip');

const P = 'http://schemas.openxmlformats.org/package/2006/';
const O = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument';
const W = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';
const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
function docx(...runs) {
  const zip = new PizZip();
  zip.file('[Content_Types].xml', `${head}<Types xmlns="${P}content-types"><Default Extension="rels" ContentType="application/` +
    'vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName=' +
    '"/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>');
  zip.file('_rels/.rels', `${head}<Relationships xmlns="${P}relationships"><Relationship Id="r1" Type="${O}" ` +
    'Target="word/document.xml"/></Relationships>');
  zip.file('word/_rels/document.xml.rels', `${head}<Relationships xmlns="${P}relationships"></Relationships>`);
  const text = runs.map(run => `<w:r><w:t xml:space="preserve">${run}</w:t></w:r>`).join('');
  zip.file('word/document.xml', `${head}<w:document xmlns:w="${W}"><w:body><w:p>${text}</w:p><w:sectPr/></w:body></w:document>`);
  return zip.generate({ type: 'nodebuffer' });
}
function words(file) {
  const xml = new PizZip(file).file('word/document.xml').asText();
  return xml.match(/<w:p[ >].*<\/w:p>/s)[0].replace(/\s*\n\s*/g, '').replace(/<w:br\/>/g, '\n').replace(/<[^>]*>/g, '').replace(/\n+/g, ' / ');
}
async function easy(data, ...runs) {
  return words(await new TemplateHandler().process(docx(...runs), data));
}

(async () => {
  const names = { a: '甲\n乙', b: '丙\n丁' };
  const decision = '受记过处分：{a}。不受影响：{b}。';
  const ours = await easy(names, decision);
  console.log('easy-template-x:', ours);
  assert.strictEqual(ours, '受记过处分：甲。不受影响：丙。 / 乙 / 丁');

  const office = { a: '甲\n乙', b: '主席\n副主席' };
  assert.strictEqual(await easy(office, '拟任命{a}为{b}。'), '拟任命甲为主席。 / 乙 / 副主席');
  assert.strictEqual(await easy({ a: '甲', b: '丙' }, decision), '受记过处分：甲。不受影响：丙。');
  const inRuns = await easy(names, '受记过处分：{a}', '。不受影响：{b}', '。');
  console.log('tags last in their runs:', inRuns);
  assert.strictEqual(inRuns, '受记过处分：甲 / 乙。不受影响：丙 / 丁。');

  const other = new Docxtemplater(new PizZip(docx(decision)), { linebreaks: true });
  other.render(names);
  const third = await createReport({ template: docx('受记过处分：+++= a+++。不受影响：+++= b+++。'), data: names, cmdDelimiter: '+++' });
  for (const file of [other.getZip().generate({ type: 'nodebuffer' }), Buffer.from(third)]) {
    console.log('another:', words(file));
    assert.strictEqual(words(file), '受记过处分：甲 / 乙。不受影响：丙 / 丁。');
  }
  console.log('as on 2026-11-28: what follows a value stands after its first line');
})().catch(error => { console.error(error); process.exit(1); });
JS
node fill.js
