#!/usr/bin/env bash
# Article 第五条 of a constitution is 第三条 in docx-preview and 3 in mammoth and pandoc: articles begin again in each chapter.
#
# The articles of a charter are numbered through, whatever the chapter: 第一章 has 第一条 and 第二条, 第二章 第三条 to 第五条. In
# Word that is one list of two levels, whose second says w:lvlRestart 0 (重新开始列表的间隔 cleared). docx-preview makes the
# numbers out of CSS counters, in Chinese and with 第…条 about them, so that they look like Word's; it reads w:lvlRestart, does
# not use it, and sets the counter back at each chapter. mammoth and pandoc make lists within lists, and each begins at 1. A
# list told to begin elsewhere (w:startOverride, 编号值设置为) does so in pandoc; docx-preview reads that as well, and begins at
# 1 as mammoth does. No warning. Plain lists, and a start that stands in the list's own level, are right in docx-preview.
#
# Guessed before: that "第" and "条" are lost, and the number is right.
# Seen with docx-preview 0.4.1, jsdom 24.1.3 (npm), mammoth 1.13.0, pypandoc_binary 1.17 (pandoc 3.9, PyPI), Node 20, Python
# 3.11, run on 2026-11-29.
# Who is hurt: students who look up on the page the 第五条 that a decision quotes: there are several 第一条, each other number is
# another article's, and the last ones do not exist.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q mammoth==1.13.0 pypandoc_binary==1.17
npm init -y >/dev/null
npm install --silent --no-audit --no-fund docx-preview@0.4.1 jsdom@24.1.3 >/dev/null

# The style sheet's counters, counted as CSS says: a paragraph's counter-set first, then its ::before increments and shows.
cat >show.js <<'JS'
const fs = require('fs');
const { JSDOM } = require('jsdom');
const { window } = new JSDOM('<!doctype html><body><div id="page"></div>');
Object.assign(global, { window, document: window.document, DOMParser: window.DOMParser, Node: window.Node,
  HTMLElement: window.HTMLElement, XMLSerializer: window.XMLSerializer });
const preview = require('docx-preview');
const page = document.getElementById('page');
preview.renderAsync(fs.readFileSync(process.argv[2]), page, page, { inWrapper: false }).then(() => {
  const sheet = [...page.querySelectorAll('style')].map(style => style.textContent).join('\n');
  const rules = [...sheet.matchAll(/([^{}]+)\{([^{}]*)\}/g)].map(([, who, what]) => [who.trim(), what]);
  const pairs = (what, property) => {
    const found = what.match(new RegExp(`${property}:\\s*([^;]+);`));
    return found ? [...found[1].matchAll(/([\w-]+)(?:\s+(-?\d+))?/g)].map(([, name, number]) => [name, number]) : [];
  };
  const counters = {};
  for (const [, what] of rules) for (const [name, number] of pairs(what, 'counter-reset')) counters[name] = Number(number ?? 0);
  const lines = [];
  for (const line of page.querySelectorAll('article p')) {
    let label = '';
    const mine = rules.filter(([who]) => [...line.classList].some(name => who === `p.${name}` || who === `p.${name}:before`));
    for (const [who, what] of mine) {
      if (!who.endsWith(':before')) for (const [name, number] of pairs(what, 'counter-set')) counters[name] = Number(number ?? 0);
    }
    for (const [who, what] of mine.filter(([who]) => who.endsWith(':before'))) {
      for (const [name, number] of pairs(what, 'counter-increment')) counters[name] += Number(number ?? 1);
      const content = what.match(/content:\s*([^;]+);/)[1];
      label += content.replace(/counter\(([\w-]+)[^)]*\)/g, (_, name) => counters[name]).replace(/"|\\9/g, '');
    }
    lines.push(`${label.trim()} ${line.textContent}`);
  }
  console.log(JSON.stringify(lines));
}).catch(error => { console.error(error); process.exit(1); });
JS
cat >read.py <<'PY'
import json, subprocess, zipfile
from html.parser import HTMLParser

import mammoth, pypandoc

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
P = "http://schemas.openxmlformats.org/package/2006/"
O = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
T = "application/vnd.openxmlformats-officedocument.wordprocessingml."

def level(number, text, more="", form="chineseCountingThousand", start=1):
    return (f'<w:lvl w:ilvl="{number}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{text}"/>'
            "</w:lvl>")

lists = ('<w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="multilevel"/>' + level(0, "第%1章")
         + level(1, "第%2条", '<w:lvlRestart w:val="0"/>') + "</w:abstractNum>"
         '<w:abstractNum w:abstractNumId="1"><w:multiLevelType w:val="singleLevel"/>' + level(0, "%1.", form="decimal")
         + "</w:abstractNum>"
         '<w:abstractNum w:abstractNumId="2"><w:multiLevelType w:val="singleLevel"/>' + level(0, "%1.", form="decimal", start=7)
         + "</w:abstractNum>"
         '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
         '<w:num w:numId="3"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
         '</w:num><w:num w:numId="4"><w:abstractNumId w:val="2"/></w:num>')

def line(words, number=None, depth=0):
    kept = f'<w:pPr><w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr></w:pPr>' if number else ""
    return f"<w:p>{kept}<w:r><w:t>{words}</w:t></w:r></w:p>"

def save(path, *lines):
    kinds = {"document": "document.main", "numbering": "numbering"}
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("[Content_Types].xml", f'<Types xmlns="{P}content-types"><Default Extension="rels" '
                   'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' + "".join(
                       f'<Override PartName="/word/{name}.xml" ContentType="{T}{kind}+xml"/>' for name, kind in kinds.items())
                   + "</Types>")
        z.writestr("_rels/.rels", f'<Relationships xmlns="{P}relationships"><Relationship Id="r1" Type="{O}officeDocument" '
                   'Target="word/document.xml"/></Relationships>')
        z.writestr("word/_rels/document.xml.rels", f'<Relationships xmlns="{P}relationships"><Relationship Id="r1" '
                   f'Type="{O}numbering" Target="numbering.xml"/></Relationships>')
        z.writestr("word/numbering.xml", f'<w:numbering xmlns:w="{W}">{lists}</w:numbering>')
        z.writestr("word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{"".join(lines)}<w:sectPr/></w:body></w:document>')

class Numbers(HTMLParser):
    """Each line with the number that a list gives it."""
    def __init__(self, text):
        super().__init__()
        self.lists, self.label, self.lines = [], "", []
        self.feed(text)
    def handle_starttag(self, tag, attributes):
        if tag == "ol":
            self.lists.append(int(dict(attributes).get("start", 1)) - 1)
        if tag == "li":
            self.lists[-1] += 1
            self.label = str(self.lists[-1])
    def handle_endtag(self, tag):
        if tag == "ol":
            self.lists.pop()
    def handle_data(self, words):
        if words.strip():
            self.lines.append(f"{self.label} {words.strip()}")
            self.label = ""

readers = {
    "docx-preview": lambda path: json.loads(subprocess.run(["node", "show.js", path], check=True, capture_output=True).stdout),
    "mammoth": lambda path: Numbers(mammoth.convert_to_html(open(path, "rb")).value).lines,
    "pandoc": lambda path: Numbers(pypandoc.convert_file(path, "html")).lines,
}
save("charter.docx", line("总则", 1), line("名称", 1, 1), line("宗旨", 1, 1), line("会员", 1), line("资格", 1, 1),
     line("权利", 1, 1), line("义务", 1, 1))
save("starts.docx", line("甲", 2), line("乙", 2), line("又"), line("丙", 3), line("丁", 3), line("再"), line("戊", 4))
for name, read in readers.items():
    charter, starts = read("charter.docx"), read("starts.docx")
    print(f"{name:13}", charter, starts)
    chapter, article = ("第{}章", "第{}条") if name == "docx-preview" else ("{}", "{}")
    label = lambda kind, number, words: f"{kind.format(number)} {words}"
    assert charter == [label(chapter, 1, "总则"), label(article, 1, "名称"), label(article, 2, "宗旨"), label(chapter, 2, "会员"),
                       label(article, 1, "资格"), label(article, 2, "权利"), label(article, 3, "义务")], charter
    dot = "." if name == "docx-preview" else ""
    third = 5 if name == "pandoc" else 1
    last = 1 if name == "mammoth" else 7
    assert starts == [f"1{dot} 甲", f"2{dot} 乙", " 又", f"{third}{dot} 丙", f"{third + 1}{dot} 丁", " 再", f"{last}{dot} 戊"], starts
print("as on 2026-11-29: 第五条 is the third article of its chapter")
PY
v/bin/python read.py
