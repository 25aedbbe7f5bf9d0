#!/usr/bin/env python3
"""`make full`: a disk that fills up under a portal, on a tmpfs of 768 MB of this test's own. Run as root, who may mount it.

    LUNZHI=target/release/lunzhi python3 tests/full/run.py

A supervisor starts the portal again whenever it ends, as the unit of docs/OPERATING.md does. Four writers go on all the while; the
disk is filled until the portal lets its ballast go, the portal is killed, what the ballast left is filled as well, the portal is
killed again, and room is made. Prints what came of each part and ends with 1 where an acknowledged write is lost, pages are not
read on the full disk, or writing does not come back by itself. KEEP=1 leaves the folder.
"""

import http.client
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlencode

SIZE = "768m"
LISTEN = ("127.0.0.1", int(os.environ.get("PORT", "18590")))
WRITERS = 4
# The unit's RestartSec.
PAUSE = 5.0
FULL_FOR = 30.0
# Until writes are taken again once there is room, in seconds: a restart may be under way.
WITHIN = 60.0


class Portal:
    """The program under a supervisor."""

    def __init__(self, data):
        self.command = [os.environ.get("LUNZHI", "target/release/lunzhi"), "demo", "--data", str(data)]
        self.command += ["--listen", f"{LISTEN[0]}:{LISTEN[1]}"]
        self.accounts, self.starts, self.stopping = {}, 0, False
        self.process = None
        threading.Thread(target=self.supervise, daemon=True).start()

    def supervise(self):
        while not self.stopping:
            environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
            self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                            env=environment)
            for line in self.process.stdout:
                fields = line.rstrip("\n").split("\t")
                if len(fields) == 3:
                    self.accounts.setdefault(fields[0], fields[1:])
                elif line.startswith("listening on"):
                    self.starts += 1
            self.process.wait()
            if not self.stopping:
                time.sleep(PAUSE)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)

    def stop(self):
        self.stopping = True
        self.process.terminate()
        self.process.wait()


class Browser:
    def __init__(self):
        self.cookies = {}

    def ask(self, method, path, form=None):
        """The status and the page; 0 where there is no answer."""
        body = None if form is None else urlencode(form)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
                   "Sec-Fetch-Site": "same-origin"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(*LISTEN, timeout=30)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            for name, value in answer.getheaders():
                if name.lower() == "set-cookie":
                    key, value = value.split(";")[0].split("=", 1)
                    self.cookies[key] = value
            return answer.status, answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()


class Writers:
    """Organisations with names of their own, one after the other."""

    def __init__(self, cookies):
        self.acknowledged, self.answers, self.stopping = {}, [], threading.Event()
        self.threads = [threading.Thread(target=self.write, args=(place, cookies)) for place in range(WRITERS)]
        for thread in self.threads:
            thread.start()

    def write(self, place, cookies):
        browser, number = Browser(), 0
        browser.cookies = dict(cookies)
        while not self.stopping.is_set():
            number += 1
            name = f"满盘{place}协会{number}号"
            form = {"name": name, "kind": "society", "members": "12"}
            status, _ = browser.ask("POST", "/organisations", form)
            self.answers.append((time.time(), status))
            if status == 303:
                self.acknowledged[name] = time.time()
            time.sleep(0.02 if status == 303 else 0.3)

    def since(self, moment):
        """When writes were acknowledged after a moment, the first one first."""
        return sorted(at for at in list(self.acknowledged.values()) if at > moment)

    def counted(self, start, end):
        return dict(Counter(status for at, status in self.answers if start <= at < end))

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join()


def wait(what, seconds, found):
    end = time.time() + seconds
    while time.time() < end:
        if found():
            return
        time.sleep(0.2)
    raise SystemExit(f"not within {seconds:.0f} s: {what}")


def fill(folder, enough):
    """Takes what room there is, some 50 MB a second, until that is enough or no byte is left."""
    for piece in (1 << 20, 4096, 1):
        try:
            with open(folder / "filler", "ab", buffering=0) as file:
                while not enough() and file.write(b"\0" * piece) == piece:
                    time.sleep(0.02 if piece == 1 << 20 else 0)
        except OSError:
            pass


def play(folder):
    data = folder / "data"
    portal = Portal(data)
    try:
        wait("the portal starts", 300, lambda: portal.starts == 1)
        number, password = next(value for key, value in portal.accounts.items() if key.endswith("校团委"))
        browser = Browser()
        status, _ = browser.ask("POST", "/sign-in", {"school": "qingyu", "number": number, "password": password})
        assert status == 303, status
        wait("the ballast is laid down", 30, (data / "ballast").exists)
        ballast, marks, reads = data / "ballast", [("before", time.time())], []
        writers = Writers(browser.cookies)
        try:
            time.sleep(5)
            marks.append(("the disk fills up", time.time()))
            fill(folder, lambda: not ballast.exists())
            wait("the ballast is let go", 5, lambda: not ballast.exists())
            time.sleep(FULL_FOR)
            reads.append(browser.ask("GET", "/organisations")[0])
            marks.append(("killed, and started on what the ballast left", time.time()))
            starts = portal.starts
            portal.kill()
            wait("it starts again", 60, lambda: portal.starts > starts)
            reads.append(browser.ask("GET", "/organisations")[0])
            marks.append(("no byte is left, and killed", time.time()))
            fill(folder, lambda: False)
            portal.kill()
            time.sleep(3 * PAUSE)
            room = time.time()
            marks.append(("with room again", room))
            (folder / "filler").unlink()
            wait("writing goes on by itself", WITHIN, lambda: writers.since(room))
            back = writers.since(room)[0] - room
            wait("the ballast is laid down again", 30, ballast.exists)
            time.sleep(3)
        finally:
            writers.stop()
        marks.append(("", time.time()))
        for (what, start), (_, end) in zip(marks, marks[1:]):
            print(f"{what:46} {writers.counted(start, end)}")
        _, page = browser.ask("GET", "/organisations")
        lost = [name for name in writers.acknowledged if name not in page]
        print(f"pages read on the full disk {reads}; writing went on {back:.1f} s after there was room")
        print(f"acknowledged {len(writers.acknowledged)}, lost {len(lost)}; the portal was started {portal.starts} times")
        return not lost and reads == [200, 200]
    finally:
        portal.stop()


def main():
    folder = Path(tempfile.mkdtemp(prefix="lunzhi-full-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "tmpfs", folder], check=True)
    try:
        return 0 if play(folder) else 1
    finally:
        if not os.environ.get("KEEP"):
            subprocess.run(["umount", folder], check=False)
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
