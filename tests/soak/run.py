#!/usr/bin/env python3
"""`make soak`: two portals on one PostgreSQL of this test's own, under half of what they bear, for ten minutes.

    LUNZHI=target/release/lunzhi LASTS=600 python3 tests/soak/run.py

How much they bear is tried first, with every client asking for the next as soon as it has an answer. Then requests come at
half that rate, whether or not earlier ones are answered; a portal is killed or told to end, and started again, each in its turn,
from a fifth of the time to seven tenths of it. Nothing stands before the portals: a client that finds one gone asks the other.
Students' pages, offices' pages, ballots and students' requests; each write is noted with its answer and looked for in the
database afterwards. Prints the first fifth of the time beside the last, and ends with 1 where an acknowledged write is lost, one
is there twice, or a portal's memory grew; where a portal answers 500, and where no write was acknowledged, which would prove
nothing. KEEP=1 leaves the folder.
"""

import asyncio
import os
import shutil
import signal
import statistics
import sys
import tempfile
import time
import urllib.parse
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cluster"))
from load import A_DAY, Browser, People  # noqa: E402: beside the other test that has two portals
from machines import Failed, Folder, Ports  # noqa: E402

from servers import Database, Portals, end_all  # noqa: E402

SECONDS = float(os.environ.get("LASTS", "600"))
CLIENTS = 48
# While what they bear is tried, in seconds; the first third warms up.
TRYING = 15.0
PATIENCE = 20.0
# How often memory, descriptors and connections are looked at.
GLANCE = 5.0
# When portals are ended: parts of the time. The last ones are old enough at the end to have grown.
ENDINGS = [0.2 + 0.05 * place for place in range(11)]
FIRST, LAST = (0.0, 0.2), (0.8, 1.0)
# What a process may have more at the end: a part of it, and MB.
MAY_GROW, MAY_ADD = 1.15, 8.0
ASKERS, VOTERS = 2400, 180
OF_STUDENTS = ["/", "/voice", "/votes", "/activities", "/inbox", "/me", "/rulebook"]
OF_OFFICES = [("Q0002", "/"), ("Q0002", "/unions"), ("Q0002", "/voice/desk"), ("Q0002", "/people"), ("Q0002", "/rounds"),
              ("Q0002", "/congresses"), ("Q0003", "/"), ("Q0003", "/vetting"), ("Q0002", "/calendar"), ("Q0002", "/compliance")]


class Client:
    """A browser's connections, kept: one to each portal."""

    def __init__(self, ports):
        self.ports, self.kept = ports, {}

    async def connected(self, port):
        kept = self.kept.pop(port, None)
        if kept and not kept[0].at_eof():
            return kept
        if kept:
            kept[1].close()
        return await asyncio.open_connection("127.0.0.1", port)

    async def ask(self, place, request):
        """Status, head and body; status 0 where no answer came. Where a portal is gone and nothing could be sent, the other
        one is asked."""
        for port in (self.ports[place], self.ports[1 - place]):
            try:
                reader, writer = await self.connected(port)
            except OSError:
                continue
            try:
                async with asyncio.timeout(PATIENCE):
                    writer.write(request)
                    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                    length = head.partition("content-length: ")[2].partition("\r\n")[0]
                    body = await reader.readexactly(int(length or 0))
                self.kept[port] = (reader, writer)
                return int(head[9:12]), head, body
            except (OSError, EOFError):
                writer.close()
                return 0, "", b""
        return 0, "", b""

    def close(self):
        for _, writer in self.kept.values():
            writer.close()


def request(method, path, token, kind="", body=b""):
    head = (f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: lunzhi={token}\r\nSec-Fetch-Site: same-origin\r\n")
    if method == "POST":
        head += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    return f"{head}\r\n".encode() + body


class Load:
    """What is asked, by turns, and what came of it."""

    def __init__(self, database, ports, accounts):
        self.database, self.ports = database, ports
        self.people = People(database.sql)
        self.offices = {number: Browser(ports[0]).sign_in(number, accounts[number]).token for number in ("Q0002", "Q0003")}
        numbers = [number for offset in range(0, ASKERS, 400) for number in self.people.askers(400, offset)]
        self.students = [browser.token for start in range(0, len(numbers), 400)
                         for browser in self.people.sessions(ports[0], numbers[start:start + 400])]
        voters = self.people.voters(VOTERS)
        self.voters = list(zip(voters, voters.values(), self.people.sessions(ports[0], list(voters))))
        database.sql("analyze")
        self.turn, self.asked, self.cast = 0, 0, 0
        # Titles of requests and, by voter, when the last acknowledged ballot was sent.
        self.requests, self.ballots, self.acknowledged = [], {}, Counter()
        self.failures, self.times = Counter(), {"first": [], "last": []}

    def a_request(self):
        """A student's request; none once all have asked as often as they may in a day."""
        number, self.asked = self.asked, self.asked + 1
        if number >= A_DAY * len(self.students):
            return None
        title = f"久测{number}"
        fields = {"area": "study", "title": title, "says": "图书馆闭馆前希望有提示。", "place": "", "receiver": "school",
                  "identity": "named", "publish": "no"}
        parts = "".join(f'--XyX\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
                        for name, value in fields.items())
        token = self.students[number % len(self.students)]
        body = f"{parts}--XyX--\r\n".encode()
        return title, request("POST", "/voice/new", token, "multipart/form-data; boundary=XyX", body)

    async def one(self, client):
        """One request of the mix: the kind of it, and its status."""
        turn, self.turn = self.turn, self.turn + 1
        place, portal = turn % 50, turn // 3 % 2
        asks = self.a_request() if place < 2 else None
        if asks:
            title, sent = asks
            status, head, _ = await client.ask(portal, sent)
            if status == 303 and "done=asked" in head:
                self.requests.append(title)
                self.acknowledged["requests"] += 1
            return "request", status
        if 2 <= place < 5:
            number, contests, browser = self.voters[self.cast % len(self.voters)]
            self.cast += 1
            fields = urllib.parse.urlencode({f"c{contest}-1": "F" for contest in contests}).encode()
            path, sent_at = f"/votes/{self.people.sitting}/cast", time.time()
            status, _, body = await client.ask(portal, request("POST", path, browser.token,
                                                               "application/x-www-form-urlencoded", fields))
            if status == 200 and b'class="receipt"' in body:
                self.ballots[number] = max(sent_at, self.ballots.get(number, 0))
                self.acknowledged["ballots"] += 1
            return "ballot", status
        if 5 <= place < 15:
            number, path = OF_OFFICES[(turn // 50 + place) % len(OF_OFFICES)]
            status, _, _ = await client.ask(portal, request("GET", path, self.offices[number]))
            return path, status
        path = OF_STUDENTS[turn % len(OF_STUDENTS)]
        status, _, _ = await client.ask(portal, request("GET", path, self.students[turn % len(self.students)]))
        return path, status

    async def as_much_as_goes(self):
        """Requests a second that are answered while every client asks for the next at once."""
        counted = 0
        warm, end = time.monotonic() + TRYING / 3, time.monotonic() + TRYING

        async def work():
            nonlocal counted
            client = Client(self.ports)
            while time.monotonic() < end:
                await self.one(client)
                counted += time.monotonic() > warm
            client.close()

        await asyncio.gather(*(work() for _ in range(CLIENTS)))
        return counted / (TRYING * 2 / 3)

    async def at_rate(self, rate, began):
        """So many requests a second, each counted from when it was due."""
        following = 0

        async def work():
            nonlocal following
            client = Client(self.ports)
            while True:
                due, following = began + following / rate, following + 1
                if due > began + SECONDS:
                    client.close()
                    return
                await asyncio.sleep(max(0, due - time.monotonic()))
                kind, status = await self.one(client)
                part = (due - began) / SECONDS
                for name, (start, end) in (("first", FIRST), ("last", LAST)):
                    if start <= part < end:
                        self.times[name].append(time.monotonic() - due)
                if status not in (200, 303):
                    self.failures[kind, status] += 1

        await asyncio.gather(*(work() for _ in range(CLIENTS)))

    def compare(self):
        """Acknowledged writes that the database does not have, and requests that it has twice."""
        titles = Counter({title: int(count) for title, count in self.database.sql(
            "select title, count(*) from voice_request where title like '久测%' group by title")})
        cast = {number: float(at) for number, at in self.database.sql(
            f"""select s.number, extract(epoch from e.cast_at) from envelope e
                join voter v on v.sitting_id = e.sitting_id and v.place = e.voter join student s on s.id = v.student_id
                where e.sitting_id = '{self.people.sitting}'""")}
        lost = [title for title in self.requests if not titles[title]]
        # Who votes again replaces the envelope: what is there came no earlier than the last that was acknowledged.
        lost += [number for number, sent in self.ballots.items() if cast.get(number, 0) < sent - 0.01]
        return lost, [title for title, count in titles.items() if count > 1]


class Watch:
    """Memory, descriptors and connections, each with when it was looked at."""

    def __init__(self, portals, began):
        self.portals, self.began, self.seen = portals, began, []

    async def look(self):
        while time.monotonic() < self.began + SECONDS:
            await asyncio.sleep(GLANCE)
            text = "select count(*) from pg_stat_activity where usename = 'lunzhi'"
            rows = await asyncio.to_thread(self.portals.database.sql, text, "postgres")
            of_portals = [self.portals.resources(place) for place in range(2)]
            self.seen.append(((time.monotonic() - self.began) / SECONDS, int(rows[0][0]), of_portals))

    def median(self, part, figure):
        start, end = part
        # The first glance is of a portal that still pays for the trial before.
        figures = [figure(connections, of_portals) for at, connections, of_portals in self.seen if start < at <= end]
        return statistics.median([one for one in figures if one is not None] or [0])


async def end_by_turns(portals, began):
    """Each portal in its turn: killed, and told to end the next time."""
    for number, part in enumerate(ENDINGS):
        await asyncio.sleep(max(0, began + part * SECONDS - time.monotonic()))
        how = signal.SIGKILL if number // 2 % 2 == 0 else signal.SIGTERM
        await asyncio.to_thread(portals.replace, number % 2, how)


def percentile(times, part):
    ordered = sorted(times) or [0]
    return 1000 * ordered[min(len(ordered) - 1, len(ordered) * part // 100)]


def tell(watch, load):
    """The first part of the time beside the last; whether no portal's memory grew."""
    flat = True
    print(f"{'':38}{'first':>10}{'last':>10}")
    for place in range(2):
        for what, which in (("memory, MB", 0), ("descriptors", 1)):
            first, last = (watch.median(part, lambda _, portals: portals[place] and portals[place][which])
                           for part in (FIRST, LAST))
            grew = which == 0 and last > first * MAY_GROW + MAY_ADD
            flat = flat and not grew
            print(f"portal {place}: {what:28}{first:10.0f}{last:10.0f}{'  GREW' if grew else ''}")
    first, last = (watch.median(part, lambda connections, _: connections) for part in (FIRST, LAST))
    print(f"{'connections of the database':38}{first:10.0f}{last:10.0f}")
    for part in (50, 99):
        print(f"{f'p{part} of an answer, ms':38}{percentile(load.times['first'], part):10.1f}"
              f"{percentile(load.times['last'], part):10.1f}")
    return flat


async def soak(portals, load):
    bears = await load.as_much_as_goes()
    print(f"they bear {bears:.0f} requests a second; {bears / 2:.0f} a second for {SECONDS:.0f} s", flush=True)
    began = time.monotonic()
    watch = Watch(portals, began)
    await asyncio.gather(load.at_rate(bears / 2, began), watch.look(), end_by_turns(portals, began))
    return watch


def play(folder, program):
    ports = Ports(int(os.environ.get("PORTS", "18600")))
    database = Database(folder, ports.take())
    portals = Portals(folder, program, database, [ports.take(), ports.take()])
    print("loading the demo's universities …", flush=True)
    said = portals.start(0, "demo", 600)
    accounts = dict(line.split("\t")[1:3] for line in said.splitlines() if line.count("\t") == 2)
    # Whoever loaded the demo keeps the memory that it took.
    portals.replace(0, signal.SIGTERM)
    portals.start(1)
    load = Load(database, portals.ports, accounts)
    watch = asyncio.run(soak(portals, load))
    flat = tell(watch, load)
    for (kind, status), times in sorted(load.failures.items()):
        print(f"instead of a yes, {times} times {status or 'no answer'}: {kind}")
    lost, twice = load.compare()
    print(f"acknowledged {load.acknowledged['requests']} requests and {load.acknowledged['ballots']} ballots, lost {len(lost)}, "
          f"twice {len(twice)}; portals were started {portals.starts} times")
    for what in (lost + twice)[:20]:
        print(f"  {what}")
    wrote = load.acknowledged["requests"] and load.acknowledged["ballots"]
    return bool(flat and wrote and not lost and not twice and not any(status == 500 for _, status in load.failures))


def main():
    root = Path(__file__).resolve().parents[2]
    program = Path(os.environ.get("LUNZHI") or root / "target/release/lunzhi").resolve()
    if not program.exists():
        sys.exit(f"soak: no program at {program}")
    # Whoever stops it has everything ended all the same.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    path, good = tempfile.mkdtemp(prefix="lunzhi-soak-"), False
    folder = Folder(path)
    try:
        good = play(folder, program)
    except Failed as why:
        print(f"soak: {why}", file=sys.stderr)
    finally:
        end_all(folder)
        if os.environ.get("KEEP"):
            print(f"kept: {path}")
        else:
            shutil.rmtree(path, ignore_errors=True)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
