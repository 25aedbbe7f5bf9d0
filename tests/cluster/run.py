#!/usr/bin/env python3
"""`make cluster`: a database that dies under two portals, on this machine alone, with a load of writes going on.

    LUNZHI=target/release/lunzhi ROUNDS=10 python3 tests/cluster/run.py

Prints a table and ends with 1 where an acknowledged write is lost, one is there twice, or writes come back too late; where a
portal ends by itself, answers 500, or answers 503 and not when to come again; and where a kind of writes was never done, which
would prove nothing.
ACTS=both-killed,frozen chooses among the acts; PORTS says from which port on ports are taken; PACE is the seconds between
two writes of one writer; MINUTES=30 begins no act later than that, and counts; SLOW=3 waits so many times longer for what has
to come about, on a machine that others use, and leaves the 25 seconds as they are; WAL_SENDER_TIMEOUT=60s is what PostgreSQL
has by itself; KEEP=1 leaves the folder. With DIRECT=1 the portals are given all three databases by name, and not the port of
HAProxy.
"""

import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from load import KINDS, Load, People, Browser, compare
from machines import TTL, Cluster, Failed, Folder, answer, tell, wait

# Until writes are taken again after a kill, in seconds.
WITHIN = 25.0


def primary_killed(cluster, _load):
    """kill -9 of the primary's postmaster and its processes; Patroni lives."""
    leader, _ = cluster.roles()
    leader.kill_database()
    time.sleep(15)


def both_killed(cluster, _load):
    """kill -9 of Patroni and the primary, as a machine that loses its power; it comes back after the election."""
    leader, _ = cluster.roles()
    leader.kill()
    wait("another leads", 90, lambda: cluster.roles()[0] not in (None, leader))
    time.sleep(8)
    leader.start()


def frozen(cluster, _load):
    """Patroni and the primary stand still until another leads, and wake again."""
    leader, _ = cluster.roles()
    pids = leader.freeze()
    try:
        wait("another leads", 90, lambda: cluster.roles()[0] not in (None, leader))
        time.sleep(TTL / 2)
    finally:
        tell(pids, signal.SIGCONT)
    time.sleep(5)


def standby_hangs(cluster, _load):
    """The synchronous standby receives no more, and says nothing."""
    _, standby = cluster.roles()
    pids = wait("the standby receives", 30, standby.receivers)
    tell(pids, signal.SIGSTOP)
    try:
        time.sleep(25)
    finally:
        tell(pids, signal.SIGCONT)


def portal_killed(cluster, _load):
    """kill -9 of a portal; another is started."""
    cluster.stop_portal(0, signal.SIGKILL)
    time.sleep(8)
    cluster.start_portal(0)


def portals_replaced(cluster, _load):
    """SIGTERM to one portal after the other, each replaced before the next."""
    for place in range(2):
        cluster.stop_portal(place)
        cluster.start_portal(place)
        time.sleep(2)


def etcd_member_lost(cluster, _load):
    """kill -9 of the member of etcd that leads; it comes back."""
    place = cluster.etcd.leader()
    process = cluster.etcd.members[place]
    process.kill()
    process.wait()
    time.sleep(15)
    cluster.etcd.start(place)


ACTS = {
    "primary-killed": primary_killed, "both-killed": both_killed, "frozen": frozen, "standby-hangs": standby_hangs,
    "portal-killed": portal_killed, "portals-replaced": portals_replaced, "etcd-member-lost": etcd_member_lost,
}


class Health:
    """What each portal says of itself, asked all the time."""

    def __init__(self, ports):
        self.said, self.ports, self.stopping = [], ports, threading.Event()
        for place in range(len(ports)):
            threading.Thread(target=self.ask, args=(place,), daemon=True).start()

    def ask(self, place):
        while not self.stopping.is_set():
            sent = time.time()
            status, _ = answer(self.ports[place], "/healthz", 10.0)
            self.said.append((sent, place, status))
            time.sleep(0.5)

    def green_in(self, start, end):
        """How often both said 200 while nothing was written, of how many times they were asked."""
        asked = [status for sent, _, status in self.said if start + 2 < sent < end - 0.5]
        return sum(status == 200 for status in asked), len(asked)


def largest_gap(times, start, end):
    """The longest time between two of `times` that lie from `start` to `end`: how long, from when, to when."""
    inside = [start, *sorted(at for at in times if start <= at <= end), end]
    gaps = [(later - earlier, earlier, later) for earlier, later in zip(inside, inside[1:])]
    return max(gaps)


def failure(attempt):
    """What came instead of a yes: the kind of write, the status or that none came, and whether a 503 lacks Retry-After."""
    bare = attempt.status == 503 and attempt.is_fault()
    return f"{attempt.kind} {attempt.status or 'unanswered'}{' without Retry-After' if bare else ''}"


HEAD = ("round", "act", "writes again s", "ballots again s", "acknowledged", "unclear", "lost", "twice", "reads failed",
        "no read s", "slowest answer s", "healthz 200 meanwhile", "answers that were failures")


def line(cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def play(cluster, load, health, name, turn):
    """One act, and the row that says what came of it."""
    cluster.settled()
    load.go_on()
    time.sleep(4)
    start, first, first_read = time.time(), len(load.attempts), len(load.reads)
    ACTS[name](cluster, load)
    cluster.settled(180)
    acted = time.time()
    # Writes have come back when those that come all the time have; imports are rare.
    often = set(KINDS) - {"import"}
    wait("writes are taken again", 120, lambda: often <= {a.kind for a in list(load.attempts) if a.done and a.sent > acted})
    cluster.alive()
    time.sleep(4)
    load.pause()
    end = time.time()
    attempts, reads = load.attempts[first:], load.reads[first_read:]
    small = [a.answered for a in attempts if a.done and a.kind != "import"]
    gap, since, until = largest_gap(small, start, end)
    ballots, _, _ = largest_gap([a.answered for a in attempts if a.done and a.kind == "ballot"], start, end)
    failures = Counter(failure(a) for a in attempts if not a.done)
    green, asked = health.green_in(since, until) if gap > 3 else (0, 0)
    compared = compare(load, cluster.sql)
    read_gap = largest_gap([at for _, at, status in reads if status == 200], start, end)[0]
    slowest = max([a.answered - a.sent for a in attempts if a.kind != "import"] + [at - sent for sent, at, _ in reads])
    row = (turn, name, f"{gap:.1f}", f"{ballots:.1f}", sum(a.done for a in attempts),
           sum(a.unclear() for a in attempts), len(compared.lost), len(compared.twice),
           f"{sum(status != 200 for _, _, status in reads)} of {len(reads)}", f"{read_gap:.1f}", f"{slowest:.1f}",
           f"{green} of {asked}", ", ".join(f"{what} ×{count}" for what, count in sorted(failures.items())) or "none")
    print(line(row), flush=True)
    for attempt in compared.lost:
        print(f"  LOST {attempt}", flush=True)
    for attempt in compared.twice:
        print(f"  TWICE {attempt}", flush=True)
    late = "killed" in name and gap > WITHIN
    if late:
        print(f"  LATE: {gap:.1f} s after {name}", flush=True)
    wrong = sorted({failure(a) for a in attempts if a.is_fault()})
    wrong += ["read 500"] if any(status == 500 for _, _, status in reads) else []
    if wrong:
        print(f"  WRONG: {', '.join(wrong)}", flush=True)
    return not compared.lost and not compared.twice and not late and not wrong


def counted(cluster, load, accounts):
    """The sitting is closed and counted as its people would; its receipts against those that voters were given."""
    port, sitting = cluster.front_port, load.people.sitting
    sql = lambda text: cluster.sql(text, database="lunzhi")
    keeper, monitors = Browser(port).sign_in("Q0006", accounts["Q0006"]), []
    for number in ("Q0003", "Q0004"):
        monitors.append((Browser(port).sign_in(number, accounts[number]), accounts[number]))
    envelopes = int(sql(f"select count(*) from envelope where sitting_id = '{sitting}'")[0][0])
    status, _, _ = keeper.send("POST", f"/sittings/{sitting}/close", [("sure", "yes")])
    if status != 303:
        keeper.send("POST", f"/sittings/{sitting}/close", [("sure", "yes"), ("close_why", "演练结束")])
        monitors[1][0].send("POST", f"/monitoring/{sitting}/close", [])
    for browser, phrase in monitors:
        browser.send("POST", f"/monitoring/{sitting}/unseal", [("phrase", phrase)])
    stage = f"select stage from sitting where id = '{sitting}'"
    wait("the sitting is counted", 180, lambda: sql(stage)[0][0] == "counted", 1)
    receipts = {row[0] for row in sql(f"select code from receipt where sitting_id = '{sitting}'")}
    last = {a.key: a for a in load.attempts if a.kind == "ballot"}
    given = {}
    for attempt in load.attempts:
        if attempt.kind == "ballot" and attempt.done:
            given.setdefault(attempt.key, []).append(attempt.receipt)
    faults = []
    for number, own in given.items():
        there = [receipt for receipt in own if receipt in receipts]
        # A later cast without a clear answer may have replaced the last that was acknowledged.
        if last[number].done and there != own[-1:] or len(there) > 1:
            faults.append(number)
    print(f"counted: {len(receipts)} receipts of {envelopes} envelopes; of {len(given)} voters {len(faults)} without "
          "exactly their last vote", flush=True)
    return len(receipts) == envelopes and not faults


def rounds(cluster, load, health, chosen):
    print(line(HEAD))
    print(line(["---"] * len(HEAD)), flush=True)
    good, begun = True, time.monotonic()
    for turn in range(1, int(os.environ.get("ROUNDS", "1")) + 1):
        for name in chosen:
            if time.monotonic() - begun > 60 * float(os.environ.get("MINUTES", "inf")):
                print(f"not begun any more: {name} of round {turn}")
                return good
            good = play(cluster, load, health, name, turn) and good
    return good


def run(folder, program, chosen):
    cluster = None
    try:
        print("starting etcd, PostgreSQL, HAProxy, nginx …", flush=True)
        cluster = Cluster(folder, program, int(os.environ.get("PORTS", "18500")))
        cluster.start()
        folder.make("portals")
        print("loading the demo's universities …", flush=True)
        said = cluster.start_portal(0, "demo", 600)
        accounts = dict(line.split("\t")[1:3] for line in said.splitlines() if line.count("\t") == 2)
        cluster.start_portal(1)
        cluster.settled()
        load = Load(People(cluster.sql), cluster.front_port, accounts, float(os.environ.get("PACE", "0.4")))
        health = Health(cluster.portal_ports)
        load.start()
        good = rounds(cluster, load, health, chosen)
        load.stop()
        health.stopping.set()
        for (status, page), count in sorted(Counter((a.status, a.page) for a in load.attempts if not a.done).items()):
            print(f"instead of a yes, {count} times {status or 'no answer'}: {page}")
        compared = compare(load, cluster.sql)
        done = Counter(a.kind for a in load.attempts if a.done)
        print(f"in all {compared.acknowledged} acknowledged ({', '.join(f'{kind} {done[kind]}' for kind in KINDS)}), "
              f"{len(compared.lost)} lost, {len(compared.twice)} twice")
        good = counted(cluster, load, accounts) and good and not compared.lost and not compared.twice
        good = good and all(done[kind] for kind in KINDS)
        whole = folder.start("verify", [program, "verify-audit", "--data", folder.path / "portals"],
                             environment={"DATABASE_URL": cluster.address()}).wait(300)
        print("the record's chain is whole" if whole == 0 else "the record's chain is BROKEN")
        return good and whole == 0
    finally:
        (cluster or folder).end()


def main():
    root = Path(__file__).resolve().parents[2]
    builds = [root / "target" / kind / "lunzhi" for kind in ("release", "debug")]
    program = Path(os.environ.get("LUNZHI") or next((build for build in builds if build.exists()), builds[0])).resolve()
    chosen = [name for name in os.environ.get("ACTS", ",".join(ACTS)).split(",") if name]
    unknown = set(chosen) - set(ACTS)
    if unknown or not program.exists():
        sys.exit(f"cluster: no such acts: {sorted(unknown)}" if unknown else f"cluster: no program at {program}")
    # Whoever stops it has everything ended all the same.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    path = tempfile.mkdtemp(prefix="lunzhi-cluster-")
    good = False
    try:
        good = run(Folder(path), program, chosen)
    except Failed as why:
        print(f"cluster: {why}", file=sys.stderr)
    finally:
        if os.environ.get("KEEP"):
            print(f"kept: {path}")
        else:
            shutil.rmtree(path, ignore_errors=True)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
