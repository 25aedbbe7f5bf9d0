#!/usr/bin/env python3
"""`make peers`: sign-in through real servers, end to end through headless Chromium, on this machine alone.

    LUNZHI=target/release/lunzhi python3 tests/peers/run.py

django-mama-cas, django-cas-server and npm's oidc-provider, pinned, in a folder that is removed, each with a test user whose
number has an account in the demo. Prints a table and ends with 1 where something is not as it should be. PEERS=oidc-provider
chooses among them; KEEP=1 leaves the folder.
"""

import http.client
import os
import re
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path

PYTHON_PACKAGES = ["Django==5.2.19", "django-mama-cas==2.5.0", "django-cas-server==3.1.0", "selenium==4.51.0"]
NODE_PACKAGES = ["oidc-provider@9.13.3"]
SCHOOL, NUMBER, SECRET = "qingyu", "Q0002", "a-secret-of-the-client"
PEOPLE = [f"zhangsan pass-word-1 {NUMBER} 张三", "nobody pass-word-2 X9999 李四"]
HERE = Path(__file__).resolve().parent


class Failed(Exception):
    """Something did not come about in time, or is not as it should be."""


def inside():
    """Whether this is the interpreter that has the packages."""
    return "PEERS_FOLDER" in os.environ


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


def answers(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status > 0
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


class Programs:
    """What was started here, ended by its id."""

    def __init__(self, folder):
        self.folder, self.running = folder, []

    def start(self, name, command, **environment):
        with open(self.folder / f"{name}.log", "ab") as log:
            process = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                       cwd=self.folder, env={**os.environ, **environment}, start_new_session=True)
        self.running.append(process)
        return process

    def end(self, process):
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def end_all(self):
        for process in reversed(self.running):
            if process.poll() is None:
                self.end(process)


class Portal:
    """The demo on loopback."""

    def __init__(self, programs, program, folder):
        self.program, self.port = program, free_port()
        self.address, self.data = f"http://127.0.0.1:{self.port}", folder / "data"
        log = folder / "portal.log"
        self.process = programs.start("portal", [program, "demo", "--data", self.data, "--listen",
                                                 f"127.0.0.1:{self.port}", "--public-url", self.address])
        wait("the demo listens", 600, lambda: b"listening on" in log.read_bytes() or self.process.poll() is not None)
        if self.process.poll() is not None:
            raise Failed(f"the demo ended: {log.read_text()[-600:]}")
        lines = [line.split("\t") for line in log.read_text().splitlines() if line.count("\t") == 2]
        self.passwords = {number: password for _, number, password in lines}
        self.close_sittings()

    def send(self, method, path, fields=(), cookie=""):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin", "Cookie": cookie}
        connection.request(method, path, urllib.parse.urlencode(fields), headers)
        response = connection.getresponse()
        text = response.read().decode(errors="replace")
        connection.close()
        return response, text

    def sign_in(self, number):
        fields = {"school": SCHOOL, "number": number, "password": self.passwords[number]}
        response, _ = self.send("POST", "/sign-in", fields)
        return "; ".join(cookie.split(";")[0] for cookie in response.headers.get_all("Set-Cookie"))

    def close_sittings(self):
        """While votes are taken the server for sign-in stays the same: those who keep the demo's sitting close it first."""
        keeper, monitor = self.sign_in("Q0006"), self.sign_in("Q0003")
        _, text = self.send("GET", "/sittings", cookie=keeper)
        for sitting in set(re.findall(r"/sittings/([0-9a-f-]{36})", text)):
            if "提前截止" in self.send("GET", f"/sittings/{sitting}", cookie=keeper)[1]:
                fields = {"sure": "yes", "close_why": "更换登录服务器"}
                self.send("POST", f"/sittings/{sitting}/close", fields, keeper)
                self.send("POST", f"/monitoring/{sitting}/close", (), monitor)

    def set(self, *way):
        """`lunzhi sso`, beside the running portal."""
        environment = {**os.environ, "LUNZHI_PUBLIC_URL": self.address}
        command = [self.program, "sso", "--data", self.data, "--school", SCHOOL, *way]
        done = subprocess.run([str(part) for part in command], env=environment, capture_output=True, text=True)
        if done.returncode:
            raise Failed(f"lunzhi sso: {done.stderr}")


class MamaCas:
    name, kind, settings = "django-mama-cas 2.5.0", "cas", "mama_cas_settings"
    fields, refuses = ("username", "password"), "登录凭证已经失效"
    tickets = "select ticket from mama_cas_serviceticket order by id desc limit 1"

    def __init__(self, programs, portal, folder):
        self.programs, self.port, self.folder, self.process = programs, free_port(), folder, None
        self.used = None
        self.address = f"http://127.0.0.1:{self.port}/cas"
        self.environment = {
            "DJANGO_SETTINGS_MODULE": self.settings, "PYTHONPATH": str(HERE), "PYTHONDONTWRITEBYTECODE": "1",
            "PEER_DATABASE": str(folder / f"{self.settings}.sqlite"),
            "PEER_SERVICE": f"{portal.address}/sso/cas/{SCHOOL}"}

    def start(self):
        subprocess.run([sys.executable, HERE / "people.py", *PEOPLE], check=True, cwd=self.folder,
                       env={**os.environ, **self.environment})
        self.process = self.programs.start(
            self.settings, [sys.executable, "-m", "django", "runserver", "--noreload", f"127.0.0.1:{self.port}"],
            **self.environment)
        wait(f"{self.name} answers", 60, lambda: answers(self.port))

    def way(self):
        return ["cas", "--server", self.address, "--number-attribute", "xh", "--name-attribute", "cn"]

    def stop(self):
        if self.process:
            self.programs.end(self.process)

    def end_session(self, browser):
        """Ends the session at the server, at its own page."""
        browser.go(f"{self.address}/logout")

    def confirm_end(self, _browser):
        """Says that the session is to end, where the server asks."""

    def last(self):
        """What the server gave last, as it came back."""
        with sqlite3.connect(self.environment["PEER_DATABASE"]) as database:
            return f"ticket={database.execute(self.tickets).fetchone()[0]}"

    def wrong(self, _state):
        """What a browser might bring back that the server did not give; the same one twice is asked about once."""
        return f"ticket=ST-1-{secrets.token_hex(8)}"


class CasServer(MamaCas):
    name, settings = "django-cas-server 3.1.0", "cas_server_settings"
    tickets = "select value from cas_server_serviceticket order by id desc limit 1"


class Oidc:
    name, kind, fields = "npm oidc-provider 9.13.3", "oidc", ("login", "password")
    refuses, ends_by = "授权码已经失效", "session"

    def __init__(self, programs, portal, folder):
        self.programs, self.portal, self.port, self.folder = programs, portal, free_port(), folder
        self.process = self.used = None
        self.address = f"http://127.0.0.1:{self.port}"

    def start(self):
        # Modules are looked for beside the file.
        shutil.copy(HERE / "oidc.mjs", self.folder / "oidc.mjs")
        (self.folder / "secret").write_text(SECRET)
        self.process = self.programs.start(
            "oidc", ["node", "oidc.mjs"], ISSUER=self.address, PORT=str(self.port), SECRET=SECRET,
            BACK=f"{self.portal.address}/sso/oidc/{SCHOOL}", PEOPLE="\n".join(PEOPLE), BY=self.ends_by)
        wait(f"{self.name} answers", 60, lambda: answers(self.port))

    def way(self):
        return ["oidc", "--issuer", self.address, "--client-id", "lunzhi", "--client-secret-file", self.folder / "secret",
                "--number-claim", "xh", "--name-claim", "name"]

    def stop(self):
        if self.process:
            self.programs.end(self.process)

    def end_session(self, browser):
        browser.go(f"{self.address}/session/end")
        self.confirm_end(browser)

    def confirm_end(self, browser):
        """It asks, and has told the portal when it says that the session has ended."""
        log = self.folder / "oidc.log"
        before = log.read_text().count("logout taken")
        browser.until("it asks whether to end", lambda: browser.find("button[name=logout][value=yes]"))
        browser.press("button[name=logout][value=yes]")
        browser.until("ended there", lambda: browser.address().endswith("/session/end/success"))
        must(log.read_text().count("logout taken") == before + 1, "the portal did not take it", browser)

    def last(self):
        """A code does not stay where it can be read."""

    def wrong(self, state):
        return urllib.parse.urlencode({"code": secrets.token_hex(8), "state": state, "iss": self.address})


class OidcBySubject(Oidc):
    name, ends_by = "npm oidc-provider 9.13.3 without sid", "subject"


class Browser:
    """Chromium without a window, and one person before it."""

    def __init__(self, folder):
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service

        options = webdriver.ChromeOptions()
        options.page_load_strategy = "eager"
        for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--lang=zh-CN",
                         # Pages that ask for fonts elsewhere do not wait for them.
                         "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                         f"--user-data-dir={tempfile.mkdtemp(dir=folder)}"):
            options.add_argument(argument)
        self.driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        self.driver.set_page_load_timeout(60)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()

    def go(self, address):
        self.driver.get(address)

    def text(self):
        return self.driver.execute_script("return document.body ? document.body.innerText : ''")

    def address(self):
        return self.driver.current_url

    def find(self, selector):
        return self.driver.find_elements("css selector", selector)

    def until(self, what, condition, seconds=60):
        def holds():
            try:
                return condition()
            except Exception:  # noqa: BLE001: a page that is on its way has no elements
                return False
        try:
            return wait(what, seconds, holds)
        except Failed:
            raise Failed(f"{what}: at {self.address()}: {self.text()[:300]!r}") from None

    def press(self, selector):
        """Sends a form by its button; where the button is folded away, as its form would."""
        self.driver.execute_script("arguments[0].click()", self.find(selector)[0])


def begin(browser, portal, peer):
    """From the portal's sign-in page to the server's; what the portal said of itself on the way."""
    browser.go(f"{portal.address}/sign-in?next=/me")
    browser.press(f"a[href^='/sso/{SCHOOL}']")
    browser.until("the server asks who it is", lambda: browser.address().startswith(peer.address.removesuffix("/cas")))


def type_in(browser, portal, peer, user, password):
    """Types user and password, agrees where the server asks, and comes back."""
    from selenium.webdriver.common.keys import Keys

    browser.until("a form", lambda: browser.find(f"input[name={peer.fields[0]}]"))
    browser.find(f"input[name={peer.fields[0]}]")[0].send_keys(user)
    field = browser.find(f"input[name={peer.fields[1]}]")[0]
    field.send_keys(password, Keys.RETURN)
    if peer.kind == "oidc":
        browser.until("it asks whether they agree", lambda: browser.find("input[name=prompt][value=consent]"))
        browser.press("button[type=submit]")
    browser.until("back at the portal", lambda: browser.address().startswith(portal.address))


def is_in(browser, portal):
    browser.go(f"{portal.address}/me")
    return browser.address() == f"{portal.address}/me" and NUMBER in browser.text()


def must(is_so, says, browser):
    if not is_so:
        raise Failed(f"{says}: at {browser.address()}: {browser.text()[:300]!r}")


def back(portal, peer, query):
    return f"{portal.address}/sso/{peer.kind}/{SCHOOL}?{query}"


def state_of(browser, portal):
    """The state of a sign-in that was begun in this browser, as the portal sent it to the server."""
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in browser.driver.get_cookies())
    connection = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=20)
    connection.request("GET", f"/sso/{SCHOOL}", headers={"Cookie": cookies})
    response = connection.getresponse()
    location = response.getheader("Location", "")
    name, value = (response.getheader("Set-Cookie") or "=").split(";")[0].split("=", 1)
    connection.close()
    browser.go(f"{portal.address}/sign-in")
    browser.driver.add_cookie({"name": name, "value": value, "path": "/"})
    return urllib.parse.parse_qs(urllib.parse.urlsplit(location).query).get("state", [""])[0]


def signs_in(browser, portal, peer):
    begin(browser, portal, peer)
    type_in(browser, portal, peer, "zhangsan", "pass-word-1")
    must(browser.address() == f"{portal.address}/me", "not where they wanted to go", browser)
    must(is_in(browser, portal), "not signed in", browser)
    peer.used = peer.last()


def signs_out(browser, portal, _peer):
    """Out here, and told that the session at the server goes on."""
    browser.press("form[action='/sign-out'] button")
    browser.until("told what goes on", lambda: browser.address() == f"{portal.address}/sso/left/{SCHOOL}")
    must("统一身份认证可能还登录着" in browser.text(), "not told what goes on", browser)
    must(not is_in(browser, portal), "still signed in", browser)


def is_asked_anew(browser, portal, peer):
    """The server knows nobody in this browser any more."""
    begin(browser, portal, peer)
    browser.until("asked who it is", lambda: browser.find(f"input[name={peer.fields[0]}]"), 20)


def ends_at_the_server(browser, portal, peer):
    """By the session at the server in again, without a password; ended there, ended here."""
    browser.go(f"{portal.address}/sign-in")
    browser.press(f"a[href^='/sso/{SCHOOL}']")
    browser.until("in again", lambda: browser.address().startswith(portal.address) and "/sso/" not in browser.address()
                  and "/sign-in" not in browser.address())
    must(is_in(browser, portal), "not in by the session at the server", browser)
    peer.end_session(browser)
    browser.until("ended here", lambda: not is_in(browser, portal), 10)
    is_asked_anew(browser, portal, peer)


def ends_by_the_link(browser, portal, peer):
    """Out here, and by the link that the page offers out there; the portal is told once more, of a session that is gone."""
    type_in(browser, portal, peer, "zhangsan", "pass-word-1")
    must(is_in(browser, portal), "not signed in", browser)
    signs_out(browser, portal, peer)
    browser.go(f"{portal.address}/sso/left/{SCHOOL}")
    browser.press(f"main a[href^='{peer.address}']")
    browser.until("at the server", lambda: browser.address().startswith(peer.address))
    peer.confirm_end(browser)
    is_asked_anew(browser, portal, peer)


def refuses_the_wrong(browser, portal, peer):
    browser.go(back(portal, peer, peer.wrong("unknown")))
    must("不是从本系统的登录页开始" in browser.text(), "a sign-in that nobody began", browser)
    state = state_of(browser, portal)
    browser.go(back(portal, peer, peer.wrong(state)))
    must(peer.refuses in browser.text(), "a wrong one", browser)


def takes_nothing_twice(browser, portal, peer):
    """A ticket that somebody used, in the hands of somebody who has begun a sign-in."""
    if not peer.used:
        return "–"
    state_of(browser, portal)
    browser.go(back(portal, peer, peer.used))
    must(not is_in(browser, portal), "in by a ticket that was used", browser)
    return "ok"


def helps_the_unknown(browser, portal, peer):
    begin(browser, portal, peer)
    type_in(browser, portal, peer, "nobody", "pass-word-2")
    must("本系统里没有这个学号" in browser.text() and "X9999（李四）" in browser.text(), "somebody unknown", browser)


def outlives(browser, portal, peer):
    state = state_of(browser, portal)
    peer.stop()
    sent = time.monotonic()
    browser.go(back(portal, peer, peer.wrong(state)))
    must("没有应答" in browser.text(), "the server is down", browser)
    must(time.monotonic() - sent < 20, "the page came late", browser)
    browser.go(f"{portal.address}/sign-in?next=/me")
    if browser.find("select[name=school]"):
        browser.driver.execute_script(f"document.querySelector('select[name=school]').value = '{SCHOOL}'")
    browser.find("input[name=number]")[0].send_keys(NUMBER)
    browser.find("input[name=password]")[0].send_keys(portal.passwords[NUMBER])
    # Not the button that shows what is typed.
    browser.press("form[action='/sign-in'] button:not([type=button])")
    browser.until("in by password", lambda: "/sign-in" not in browser.address())
    must(is_in(browser, portal), "not in by password", browser)


# Each with whether it takes a browser of its own; the others go on in the one before.
STEPS = [
    ("signs in", True, signs_in), ("signs out", False, signs_out), ("ends at the server", False, ends_at_the_server),
    ("ends by the link", False, ends_by_the_link),
    ("wrong ticket", True, refuses_the_wrong), ("used ticket", True, takes_nothing_twice),
    ("unknown person", True, helps_the_unknown), ("server down", True, outlives),
]


def walk(peer, portal, folder):
    """All steps with one server: what came of each."""
    said, browser = [], None
    try:
        peer.start()
        portal.set(*peer.way())
        for name, fresh, step in STEPS:
            if fresh or browser is None:
                if browser:
                    browser.driver.quit()
                browser = Browser(folder)
            try:
                said.append(step(browser, portal, peer) or "ok")
            except Exception as why:  # noqa: BLE001: a step that fails is a row of the table
                print(f"{peer.name}, {name}: {why}", file=sys.stderr)
                said.append("FAIL")
    finally:
        if browser:
            browser.driver.quit()
        peer.stop()
    return said


def main():
    # Whoever stops it has everything ended all the same.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = Path(os.environ["PEERS_FOLDER"])
    programs = Programs(folder)
    good = True
    chosen = os.environ.get("PEERS", "")
    try:
        portal = Portal(programs, os.environ["LUNZHI"], folder)
        rows = [["server", *(name for name, _, _ in STEPS)], ["---"] * (len(STEPS) + 1)]
        for kind in (MamaCas, CasServer, Oidc, OidcBySubject):
            if chosen and not any(one in kind.name for one in chosen.split(",")):
                continue
            try:
                said = walk(kind(programs, portal, folder), portal, folder)
            except Exception as why:  # noqa: BLE001: a server that does not start is a row of the table, and the next is tried
                print(f"{kind.name}: {why}", file=sys.stderr)
                said = ["FAIL"] * len(STEPS)
            good = good and "FAIL" not in said
            rows.append([kind.name, *said])
        if len(rows) == 2:
            raise Failed(f"no such servers: {chosen}")
        for row in rows:
            print("| " + " | ".join(row) + " |")
    except Failed as why:
        print(f"peers: {why}", file=sys.stderr)
        good = False
    finally:
        programs.end_all()
    sys.exit(0 if good else 1)


def prepare():
    """Makes the folder with its packages, and runs this again in it."""
    root = HERE.parents[1]
    builds = [root / "target" / kind / "lunzhi" for kind in ("release", "debug")]
    program = Path(os.environ.get("LUNZHI") or next((build for build in builds if build.exists()), builds[0])).resolve()
    if not program.exists():
        sys.exit(f"peers: no program at {program}")
    folder = Path(tempfile.mkdtemp(prefix="lunzhi-peers-"))
    # The demo's database runs as another user.
    folder.chmod(0o755)
    try:
        subprocess.run(["/usr/bin/python3", "-m", "venv", folder / "venv"], check=True)
        subprocess.run([folder / "venv/bin/pip", "install", "-q", "--disable-pip-version-check", *PYTHON_PACKAGES],
                       check=True, stderr=subprocess.DEVNULL)
        subprocess.run(["npm", "install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund",
                        "--loglevel=error", *NODE_PACKAGES], check=True, stdout=subprocess.DEVNULL)
        environment = {**os.environ, "PEERS_FOLDER": str(folder), "LUNZHI": str(program)}
        sys.exit(subprocess.run([folder / "venv/bin/python", __file__], env=environment).returncode)
    finally:
        if os.environ.get("KEEP"):
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main() if inside() else prepare()
