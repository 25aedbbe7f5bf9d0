#!/usr/bin/env python3
"""`make peers-bench`: the portal beside what else a university might build it with, on this machine alone.

    LUNZHI=target/release/lunzhi ROUNDS=5 python3 tests/peers_bench/run.py

The same two pieces of work on the portal, on Fastify with pg and on Django with psycopg (two workers each, pinned, in a folder
that is removed): the newest fifty entries of the record as a list, and one ballot cast. All three look the session up in one and
the same database, which flushes every commit, and are asked by one small client. The peers leave out what only the portal does:
they seal no ballot, keep no limits, and draw a page without navigation. Prints requests a second and the processor's time for
each, and both as ratios. Where the client needs all of a core the rates say less than the times do. KEEP=1 leaves the folder.
"""

import asyncio
import itertools
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "cluster"), str(HERE.parent / "soak")]
from load import Browser, People  # noqa: E402: beside the other tests that start portals
from machines import Failed, Folder, Ports, answer, children, wait  # noqa: E402
from servers import Database, Portals, end_all  # noqa: E402

PYTHON_PACKAGES = ["Django==5.2.19", "psycopg[binary]==3.3.9", "psycopg-pool==3.3.3", "gunicorn==27.0.1"]
NODE_PACKAGES = ["fastify@5.12.8", "@fastify/formbody@9.0.1", "pg@8.23.1", "ejs@7.0.2"]
ROUNDS = int(os.environ.get("ROUNDS", "5"))
ROUND, WARMING = 4.0, 1.0
CLIENTS = 32
VOTERS = 600
# Acts that the record has at the least: its list is full.
ENTRIES = 60
TICKS = os.sysconf("SC_CLK_TCK")


class Wire(asyncio.Protocol):
    """A connection that sends the next request when it has the answer to the last."""

    def __init__(self, load):
        self.load, self.buffer, self.transport, self.ended = load, b"", None, asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.transport = transport
        transport.write(next(self.load.requests))

    def data_received(self, data):
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = re.search(rb"(?i)\ncontent-length: *(\d+)", head)
        if not length:
            self.load.fault = f"no length of an answer: {head[:200]!r}"
        elif len(body) < int(length.group(1)):
            return
        elif head[9:12] != b"200":
            self.load.fault = f"instead of a page: {head[:200]!r} {body[:200]!r}"
        self.buffer, self.load.done, self.load.bytes = b"", self.load.done + 1, len(body)
        if self.load.fault or time.monotonic() > self.load.until:
            self.transport.close()
        else:
            self.transport.write(next(self.load.requests))

    def connection_lost(self, exc):
        if time.monotonic() < self.load.until and not self.load.fault:
            self.load.fault = f"hung up: {exc}"
        self.ended.set_result(None)


class Load:
    """Requests by turns from so many connections, and how many were answered."""

    def __init__(self, requests):
        self.requests, self.done, self.bytes, self.until, self.fault = itertools.cycle(requests), 0, 0, 0.0, None

    def run(self, port, seconds):
        return asyncio.run(self.drive(port, seconds))

    async def drive(self, port, seconds):
        """Answers a second."""
        self.done, began = 0, time.monotonic()
        self.until = began + seconds
        loop = asyncio.get_running_loop()
        wires = [await loop.create_connection(lambda: Wire(self), "127.0.0.1", port) for _ in range(CLIENTS)]
        await asyncio.gather(*(wire.ended for _, wire in wires))
        if self.fault:
            raise Failed(self.fault)
        return self.done / (time.monotonic() - began)


class Server:
    """One of the three: where it listens, and its processes."""

    def __init__(self, name, port, process, list_path):
        self.name, self.port, self.process, self.list_path = name, port, process, list_path

    def processor(self):
        """Seconds of the processor that it and what it started have used."""
        used = 0
        for pid in (self.process.pid, *children(self.process.pid)):
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            used += int(fields[11]) + int(fields[12])
        return used / TICKS


def start_fastify(folder, database, port, environment):
    home = folder.make("fastify")
    subprocess.run(["npm", "install", "--prefix", home, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error",
                    *NODE_PACKAGES], check=True, stdout=subprocess.DEVNULL)
    # Modules are looked for beside the file.
    shutil.copy(HERE / "peer.mjs", home / "peer.mjs")
    process = folder.start("fastify-server", ["node", home / "peer.mjs"],
                           environment={**environment, "PEER_PORT": str(port), "NODE_ENV": "production"})
    return Server("Fastify", port, process, "/list")


def start_django(folder, database, port, environment):
    venv = folder.path / "venv"
    subprocess.run(["/usr/bin/python3", "-m", "venv", venv], check=True)
    subprocess.run([venv / "bin/pip", "install", "--disable-pip-version-check", "--quiet", *PYTHON_PACKAGES], check=True)
    process = folder.start("django-server", [
        venv / "bin/gunicorn", "--workers", "2", "--worker-class", "gthread", "--threads", "8", "--keep-alive", "75",
        "--no-control-socket", "--bind", f"127.0.0.1:{port}", "peer_django:application"],
        environment={**environment, "PYTHONPATH": str(HERE), "PYTHONDONTWRITEBYTECODE": "1"})
    return Server("Django", port, process, "/list")


def peers(folder, database, ports, sealed):
    environment = {"PEER_DATABASE": database.address().split("?")[0], "PEER_SEALED": str(sealed), "PEER_TEMPLATES": str(HERE)}
    servers = [start(folder, database, ports.take(), environment) for start in (start_fastify, start_django)]
    for server in servers:
        wait(f"{server.name} answers", 60, lambda: answer(server.port, "/list")[0] == 401)
    return servers


def request(method, path, token, fields=()):
    body = urllib.parse.urlencode(fields)
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: lunzhi={token}\r\nSec-Fetch-Site: same-origin\r\n"
    if method == "POST":
        head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
    return f"{head}\r\n{body}".encode()


def spread(figures, digits):
    middle, low, high = statistics.median(figures), min(figures), max(figures)
    return f"{middle:.{digits}f} [{low:.{digits}f} – {high:.{digits}f}]"


def compare(what, servers, loads):
    """Each server by turns, round by round; the first is the portal."""
    rates, costs = {server: [] for server in servers}, {server: [] for server in servers}
    for server in servers:
        loads[server].run(server.port, WARMING)
    own, began = time.process_time(), time.monotonic()
    for _ in range(ROUNDS):
        for server in servers:
            before = server.processor()
            rates[server].append(loads[server].run(server.port, ROUND))
            costs[server].append((server.processor() - before) / loads[server].done)
    share = (time.process_time() - own) / (time.monotonic() - began)
    print(f"{what}, {CLIENTS} clients, {ROUNDS} rounds of {ROUND:.0f} s; the client used {share:.0%} of a core")
    portal = servers[0]
    for server in servers:
        print(f"  {server.name:10} a second {spread(rates[server], 0):28} µs of the processor each "
              f"{spread([1e6 * cost for cost in costs[server]], 0):22} bytes {loads[server].bytes}")
    for server in servers[1:]:
        faster = [mine / theirs for mine, theirs in zip(rates[portal], rates[server])]
        cheaper = [mine / theirs for mine, theirs in zip(costs[portal], costs[server])]
        print(f"  portal/{server.name}: a second {spread(faster, 2)}, processor's time {spread(cheaper, 2)}")
    print(flush=True)


def play(folder, program):
    ports = Ports(int(os.environ.get("PORTS", "18700")))
    database = Database(folder, ports.take())
    portals = Portals(folder, program, database, [ports.take()])
    print("loading the demo's universities, fetching the peers …", flush=True)
    said = portals.start(0, "demo", 600)
    accounts = dict(line.split("\t")[1:3] for line in said.splitlines() if line.count("\t") == 2)
    port = portals.ports[0]
    league = Browser(port).sign_in("Q0002", accounts["Q0002"])
    for number in range(ENTRIES):
        fields = [("name", f"对照协会{number}号"), ("kind", "society"), ("members", "12")]
        if league.send("POST", "/organisations", fields)[0] != 303:
            raise Failed("an organisation is not registered")
    people = People(database.sql)
    voters = people.voters(VOTERS)
    browsers = people.sessions(port, list(voters))
    casts = [(browser.token, [(f"c{contest}-1", "F") for contest in contests])
             for browser, contests in zip(browsers, voters.values())]
    path = f"/votes/{people.sitting}/cast"
    if browsers[0].send("POST", path, casts[0][1])[0] != 200:
        raise Failed("a ballot is not taken")
    sealed = int(database.sql(f"select length(sealed) from envelope where sitting_id = '{people.sitting}' limit 1")[0][0])
    database.sql("create table peer_envelope (like envelope including all); alter table peer_envelope owner to lunzhi")
    servers = [Server("portal", port, portals.processes[0], "/audit"), *peers(folder, database, ports, sealed)]
    database.sql("vacuum analyze")
    pages = {server: Load([request("GET", server.list_path, league.token)]) for server in servers}
    compare("the newest 50 entries of the record", servers, pages)
    ballots = [request("POST", path, token, fields) for token, fields in casts]
    compare("one ballot", servers, {server: Load(ballots) for server in servers})
    return True


def main():
    root = HERE.parents[1]
    program = Path(os.environ.get("LUNZHI") or root / "target/release/lunzhi").resolve()
    if not program.exists():
        sys.exit(f"peers-bench: no program at {program}")
    # Whoever stops it has everything ended all the same.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    path, good = tempfile.mkdtemp(prefix="lunzhi-peers-"), False
    folder = Folder(path)
    try:
        good = play(folder, program)
    except (Failed, subprocess.CalledProcessError) as why:
        print(f"peers-bench: {why}", file=sys.stderr)
    finally:
        end_all(folder)
        if os.environ.get("KEEP"):
            print(f"kept: {path}")
        else:
            shutil.rmtree(path, ignore_errors=True)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
