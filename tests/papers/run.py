#!/usr/bin/env python3
"""`make papers`: the demo's papers of each kind in Word and in print, compared page by page, on this machine alone.

    LUNZHI=target/release/lunzhi python3 tests/papers/run.py

LibreOffice turns the Word file into a PDF, Chromium prints the page; both take the same fonts for those of GB/T 9704. A paper
is as it should be where both have as many pages with the same characters on each; how many lines are the same is shown beside.
Lines with digits may differ: before a change of script LibreOffice does not set a sign closer, as Word does; and in a title
digits stand so far down that they count as a line of their own.
Prints a table and ends with 1 where one is not. PAPERS=minutes,roll chooses among them; KEEP=1 leaves the folder with the PDFs.
"""

import base64
import html
import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections import Counter
from pathlib import Path

# What Debian has in the place of the fonts of the standard, so that Word's file and the page are set in the same ones.
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  {}
</fontconfig>
"""
ALIAS = """<match target="pattern">
    <test qual="any" name="family" compare="eq"><string>{}</string></test>
    <edit name="family" mode="assign" binding="same"><string>{}</string></edit>
  </match>"""
SERIF = ["方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "宋体", "SimSun"]
SANS = ["黑体", "SimHei"]
# How many papers of a kind are compared for each office, and how many pages of a kind, but those of congresses, are looked at.
PAPERS_OF_A_KIND = 2
PAGES_OF_A_KIND = 4


class Failed(Exception):
    """Something did not come about in time, or cannot be used."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait(what, seconds, condition):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.2)
    raise Failed(f"not within {seconds} s: {what}")


class Portal:
    """The demo on loopback, and whom it made."""

    def __init__(self, program, folder):
        self.port, self.process = free_port(), None
        log = folder / "portal.log"
        with open(log, "wb") as out:
            self.process = subprocess.Popen(
                [program, "demo", "--data", folder / "data", "--listen", f"127.0.0.1:{self.port}"],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        wait("the demo listens", 600, lambda: b"listening on" in log.read_bytes() or self.process.poll() is not None)
        if self.process.poll() is not None:
            raise Failed(f"the demo ended: {log.read_text()[-600:]}")
        self.offices = [line.split("\t") for line in log.read_text().splitlines() if line.count("\t") == 2]

    def send(self, method, path, fields=(), cookie=""):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin", "Cookie": cookie}
        connection.request(method, path, urllib.parse.urlencode(fields), headers)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response, body

    def sign_in(self, office):
        """The session of somebody with that office at each university."""
        _, body = self.send("GET", "/sign-in")
        schools = re.findall(r'<option value="([^"]+)"[^>]*>\s*([^<]+?)\s*</option>', body.decode())
        for code, name in schools:
            for label, number, password in self.offices:
                if label.startswith(f"{name} ") and label.endswith(f" {office}"):
                    yield self.session(code, number, password)

    def session(self, school, number, password):
        response, _ = self.send("POST", "/sign-in", {"school": school, "number": number, "password": password})
        return "; ".join(cookie.split(";")[0] for cookie in response.headers.get_all("Set-Cookie") or [])

    def end(self):
        if self.process:
            self.process.terminate()
            self.process.wait(60)


class Paper:
    """A paper as it was found: its page, its Word file, and whose session reads both."""

    def __init__(self, page, word, cookie):
        self.page, self.word, self.cookie = page, word, cookie

    def kind(self):
        return re.sub(r"^/congresses/[*]/|/papers\b|[*]/", "", kind_of_page(self.page.split("?")[0])).strip("/")


def kind_of_page(path):
    """A path without what tells the pages of a kind apart: ids, places and years."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\b\d+\b", "*", path)


def papers_of(portal, cookie):
    """A few papers of each kind that links lead to from the first page."""
    found, seen, ahead, pages, papers = [], {"/", "/congresses"}, ["/congresses", "/"], Counter(), Counter()
    while ahead:
        page = ahead.pop(0)
        response, body = portal.send("GET", page, cookie=cookie)
        if response.status != 200 or not response.getheader("Content-Type", "").startswith("text/html"):
            continue
        text = body.decode()
        links = [html.unescape(link) for link in re.findall(r'<a [^>]*href="(/[^"#]*)', text)]
        words = [link for link in links if re.search(r"(/word|\.docx)(\?|$)", link)]
        if 'class="paper formal' in text and words and papers[kind_of_page(page)] < PAPERS_OF_A_KIND:
            papers[kind_of_page(page)] += 1
            found.append(Paper(page, words[0], cookie))
        for link in links:
            path = link.split("?")[0]
            if path in seen or link in words or re.search(r"/(new|edit|archive|scans|badges)\b|\.\w+$", path):
                continue
            seen.add(path)
            pages[kind_of_page(path)] += 1
            if path.startswith("/congresses/") or pages[kind_of_page(path)] <= PAGES_OF_A_KIND:
                ahead.append(path)
    return found


class Browser:
    """Chromium without a window, told what to do through its driver."""

    def __init__(self, folder, environment):
        self.port = free_port()
        self.process = subprocess.Popen(["chromedriver", f"--port={self.port}"], env=environment, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        wait("the driver answers", 30, self.is_ready)
        arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--lang=zh-CN",
                     "--disable-background-networking", f"--user-data-dir={folder / 'browser'}"]
        options = {"goog:chromeOptions": {"args": arguments}}
        self.session = ""
        self.session = f"/session/{self.ask('/session', {'capabilities': {'alwaysMatch': options}})['sessionId']}"

    def is_ready(self):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            connection.request("GET", "/status")
            return json.loads(connection.getresponse().read())["value"]["ready"]
        except OSError:
            return False

    def ask(self, path, fields):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request("POST", self.session + path, json.dumps(fields), {"Content-Type": "application/json"})
        response = connection.getresponse()
        value = json.loads(response.read())["value"]
        connection.close()
        if response.status != 200:
            raise Failed(f"the browser: {value['message'].splitlines()[0]}")
        return value

    def tell(self, command, **parameters):
        return self.ask("/goog/cdp/execute", {"cmd": command, "params": parameters})

    def printed(self, address, cookie):
        """The page as Chromium prints it, on the sheet that its styles ask for."""
        for one in cookie.split("; "):
            name, value = one.split("=", 1)
            self.tell("Network.setCookie", name=name, value=value, url=address)
        self.ask("/url", {"url": address})
        return base64.b64decode(self.tell("Page.printToPDF", preferCSSPageSize=True, printBackground=False)["data"])

    def end(self):
        try:
            self.tell("Browser.close")
        except (OSError, Failed, http.client.HTTPException):
            pass
        self.process.terminate()
        self.process.wait(30)


# LibreOffice 7.4 reads w:overflowPunct the other way round and w:autoSpaceDE not at all; Word reads both.
UNREAD = [('style:punctuation-wrap="hanging"', 'style:punctuation-wrap="simple"'),
          ('style:text-autospace="ideograph-alpha"', 'style:text-autospace="none"')]


def converted(files, folder, environment):
    """Word files as PDFs, by LibreOffice; it says nothing of a file that it could not read."""
    as_text = convert(files, "fodt", folder, environment)
    for file in as_text:
        text = file.read_text(encoding="utf-8")
        for wrong, right in UNREAD:
            text = text.replace(wrong, right)
        file.write_text(text, encoding="utf-8")
    convert(as_text, "pdf", folder, environment)


def convert(files, kind, folder, environment):
    subprocess.run(["soffice", f"-env:UserInstallation=file://{folder / 'office'}", "--headless", "--convert-to", kind,
                    "--outdir", folder, *files], env=environment, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, timeout=900)
    made = [file.with_suffix(f".{kind}") for file in files]
    if missing := [file.name for file in made if not file.exists()]:
        raise Failed(f"LibreOffice did not make {missing}")
    return made


def pages_of(file):
    """The lines of each page, without blanks: lines of one height are one."""
    text = subprocess.run(["pdftotext", "-bbox-layout", file, "-"], check=True, capture_output=True, text=True).stdout
    pages = []
    for page in re.split(r"<page ", text)[1:]:
        words = [(float(top), float(bottom), float(left), html.unescape(word)) for left, top, bottom, word in re.findall(
            r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">(.*?)</word>', page)]
        lines = []
        for top, bottom, left, word in sorted(words, key=lambda one: (one[0] + one[1]) / 2):
            middle = (top + bottom) / 2
            if lines and abs(lines[-1][0] - middle) < 5:
                lines[-1][1].append((left, word))
            else:
                lines.append((middle, [(left, word)]))
        pages.append(["".join(word for _, word in sorted(line)) for _, line in lines])
    # What the page shows beside the paper, such as the plan of the hall, has page numbers of another kind.
    return [page for page in pages if not any(re.fullmatch(r"第\d+页/共\d+页", line) for line in page)]


def shared(one, other):
    """How much of both is in both, as a share of the longer one."""
    longest = max(sum(one.values()), sum(other.values()), 1)
    return sum((one & other).values()) / longest


HEADING = re.compile(r"（?[一二三四五六七八九十]+[、）].{1,30}")


def leaves_heading(pages):
    """Whether a heading is the last line of a page: after two tables LibreOffice 7.4 forgets that it is kept with the next."""
    texts = ([line for line in page if not re.fullmatch(r"—\d+—", line)] for page in pages[:-1])
    return any(lines and HEADING.fullmatch(lines[-1]) for lines in texts)


def compared(word, print_):
    """What a row of the table says of a paper, and whether it is as it should be."""
    characters = [[Counter("".join(page)) for page in pages] for pages in (word, print_)]
    same = min((shared(*both) for both in zip(*characters)), default=0.0)
    lines = min((shared(*(Counter(page) for page in both)) for both in zip(word, print_)), default=0.0)
    is_right = len(word) == len(print_) and same > 0.995
    is_unread = not is_right and len(word) == len(print_) and leaves_heading(word)
    verdict = "ok" if is_right else "heading left behind" if is_unread else "DIFFERS"
    return f"{len(word):>5}{len(print_):>6}{same:>11.1%}{lines:>9.1%}  {verdict}", is_right or is_unread


def main():
    folder = Path(tempfile.mkdtemp(prefix="papers-", dir=os.environ.get("FOLDER")))
    folder.chmod(0o755)
    wanted = [name for name in os.environ.get("PAPERS", "").split(",") if name]
    portal = browser = None
    is_right = True
    try:
        fonts = folder / "fonts.conf"
        aliases = [ALIAS.format(name, "Noto Serif CJK SC") for name in SERIF]
        aliases += [ALIAS.format(name, "Noto Sans CJK SC") for name in SANS]
        fonts.write_text(FONTS.format("\n  ".join(aliases)))
        environment = {**os.environ, "FONTCONFIG_FILE": str(fonts), "LC_ALL": "C.UTF-8"}
        portal = Portal(os.environ.get("LUNZHI", "target/release/lunzhi"), folder)
        # A college's congress is kept by the League organisation of the college.
        papers = {paper.page: paper for office in ("院系团组织", "校团委") for cookie in portal.sign_in(office)
                  for paper in papers_of(portal, cookie)}
        papers = [paper for paper in papers.values() if not wanted or any(name in paper.kind() for name in wanted)]
        papers.sort(key=lambda paper: not paper.page.startswith("/congresses/"))
        if not papers:
            raise Failed("no papers were found")
        browser = Browser(folder, environment)
        for place, paper in enumerate(papers):
            response, bytes_ = portal.send("GET", paper.word, cookie=paper.cookie)
            if response.status != 200:
                raise Failed(f"{paper.word}: {response.status}")
            (folder / f"{place}-word.docx").write_bytes(bytes_)
            address = f"http://127.0.0.1:{portal.port}{paper.page}"
            (folder / f"{place}-print.pdf").write_bytes(browser.printed(address, paper.cookie))
        converted([folder / f"{place}-word.docx" for place in range(len(papers))], folder, environment)
        print(f"{'paper':<34}{'Word':>5}{'print':>6}{'page':>11}{'line':>9}")
        for place, paper in enumerate(papers):
            word, print_ = (pages_of(folder / f"{place}-{way}.pdf") for way in ("word", "print"))
            says, fine = compared(word, print_)
            print(f"{place:>3} {paper.kind():<30}{says}")
            is_right &= fine
    except Failed as why:
        print(why, file=sys.stderr)
        is_right = False
    finally:
        if browser:
            browser.end()
        if portal:
            portal.end()
        if os.environ.get("KEEP"):
            print(folder)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    sys.exit(0 if is_right else 1)


main()
