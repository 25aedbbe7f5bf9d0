"""The servers of one cluster, on loopback and in one folder: etcd, PostgreSQL under Patroni, HAProxy, portals, nginx.

Every process is one that was started here and is ended by its id. Whoever runs this as root has the databases run as
`postgres`, for PostgreSQL refuses root.
"""

import glob
import http.client
import json
import os
import pwd
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

PATRONI = "4.1.5"
PSYCOPG = "2.9.13"
# Debian's Patroni 3.0.2 lets a leader that wakes from a freeze take its key back: what was acknowledged meanwhile is gone.
TTL, LOOP_WAIT, RETRY_TIMEOUT = 20, 2, 3
PASSWORD = "cluster-on-loopback"
# How much longer than on an idle machine things may take to come about.
SLOW = float(os.environ.get("SLOW", "1"))


class Failed(Exception):
    """Something did not come about in time, or cannot be had."""


def wait(what, seconds, condition, every=0.2):
    """Waits until `condition` gives something, and gives that."""
    end = time.monotonic() + seconds * SLOW
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(every)
    raise Failed(f"not within {seconds * SLOW:.0f} s: {what}")


def children(pid):
    """The ids of all processes below one."""
    below, found = {}, []
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            fields = Path(path).read_text().rsplit(")", 1)
        except OSError:
            continue
        below.setdefault(int(fields[1].split()[1]), []).append(int(path.split("/")[2]))
    waiting = [pid]
    while waiting:
        for child in below.get(waiting.pop(), []):
            found.append(child)
            waiting.append(child)
    return found


def tell(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


def answer(port, path, timeout=2.0):
    """Status and text of a page on loopback; 0 where nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return 0, ""
    finally:
        connection.close()


class Ports:
    """Ports one after the other, each free at the start."""

    def __init__(self, first):
        self.next = first

    def take(self):
        while True:
            port, self.next = self.next, self.next + 1
            with socket.socket() as probe:
                try:
                    probe.bind(("127.0.0.1", port))
                    return port
                except OSError:
                    continue


class Folder:
    """Where everything of a run is, and how programs are started there."""

    def __init__(self, path):
        self.path = Path(path)
        self.path.chmod(0o755)
        self.owner = pwd.getpwnam("postgres") if os.getuid() == 0 else None
        self.running = []

    def make(self, name, as_database=False):
        path = self.path / name
        path.mkdir(mode=0o700 if as_database else 0o755)
        if as_database:
            self.give(path)
        return path

    def give(self, path):
        if self.owner:
            os.chown(path, self.owner.pw_uid, self.owner.pw_gid)

    def write(self, name, text, as_database=False):
        path = self.path / name
        path.write_text(text)
        path.chmod(0o600 if as_database else 0o644)
        if as_database:
            self.give(path)
        return path

    def start(self, name, command, as_database=False, environment=None):
        more = {}
        if as_database and self.owner:
            more = {"user": self.owner.pw_uid, "group": self.owner.pw_gid, "extra_groups": []}
        with open(self.path / f"{name}.log", "ab") as log:
            process = subprocess.Popen(
                [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.path,
                env={**os.environ, **(environment or {})}, start_new_session=True, **more)
        self.running.append(process)
        return process

    def end(self, others=lambda: []):
        """Ends every process that was started here, and the ids that `others` gives."""
        processes = [process for process in self.running if process.poll() is None]
        pids = [process.pid for process in processes]
        tell(pids + others(), signal.SIGCONT)
        tell(pids, signal.SIGTERM)
        end = time.monotonic() + 10
        for process in processes:
            try:
                process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                tell([process.pid, *children(process.pid)], signal.SIGKILL)
                process.wait()
        tell(others(), signal.SIGKILL)


class Etcd:
    """Three members that hold who leads."""

    def __init__(self, folder, ports):
        self.folder, self.clients, self.members = folder, [ports.take() for _ in range(3)], [None] * 3
        self.peers = [ports.take() for _ in range(3)]
        for place in range(3):
            folder.make(f"etcd{place}", as_database=True)
            self.start(place)
        wait("etcd is healthy", 60, lambda: all('"true"' in answer(port, "/health")[1] for port in self.clients))

    def start(self, place):
        cluster = ",".join(f"e{one}=http://127.0.0.1:{port}" for one, port in enumerate(self.peers))
        client, peer = f"http://127.0.0.1:{self.clients[place]}", f"http://127.0.0.1:{self.peers[place]}"
        # Slow disks and busy cores: a member that is slow to answer is no dead one. Longer than half of Patroni's
        # retry_timeout, the loss of etcd's leader would make the database read-only for a moment.
        self.members[place] = self.folder.start(f"etcd{place}", [
            "etcd", "--name", f"e{place}", "--data-dir", self.folder.path / f"etcd{place}" / "data",
            "--listen-client-urls", client, "--advertise-client-urls", client, "--listen-peer-urls", peer,
            "--initial-advertise-peer-urls", peer, "--initial-cluster", cluster, "--heartbeat-interval", "150",
            "--election-timeout", "1500", "--logger", "zap", "--log-level", "warn"], as_database=True)

    def leader(self):
        """The place of the member that leads: its loss is the one that is felt."""
        for place, port in enumerate(self.clients):
            request = urllib.request.Request(f"http://127.0.0.1:{port}/v3/maintenance/status", b"{}")
            try:
                with urllib.request.urlopen(request, timeout=2) as response:
                    said = json.load(response)
            except OSError:
                continue
            if said["leader"] == said["header"]["member_id"]:
                return place
        raise Failed("etcd has no leader")


class Member:
    """One PostgreSQL with the Patroni that keeps it."""

    def __init__(self, folder, place, ports, etcd, python, binaries):
        self.folder, self.name, self.python = folder, f"n{place}", python
        self.port, self.api, self.patroni = ports.take(), ports.take(), None
        home = folder.make(self.name, as_database=True)
        self.data = home / "data"
        hosts = ",".join(f"127.0.0.1:{port}" for port in etcd.clients)
        accounts = "".join(f"""
    {role}:
      username: {name}
      password: {PASSWORD}""" for role, name in
                           (("superuser", "postgres"), ("replication", "replicator"), ("rewind", "rewinder")))
        self.file = folder.write(f"{self.name}.yml", f"""scope: lunzhi
name: {self.name}
restapi:
  listen: 127.0.0.1:{self.api}
  connect_address: 127.0.0.1:{self.api}
etcd3:
  hosts: {hosts}
bootstrap:
  dcs:
    ttl: {TTL}
    loop_wait: {LOOP_WAIT}
    retry_timeout: {RETRY_TIMEOUT}
    synchronous_mode: true
    postgresql:
      use_pg_rewind: true
      use_slots: true
      parameters:
        max_connections: 120
        shared_buffers: 64MB
        max_wal_size: 512MB
        # A standby that hangs holds up every commit for as long.
        wal_sender_timeout: {os.environ.get("WAL_SENDER_TIMEOUT", "10s")}
  initdb: [data-checksums, {{encoding: UTF8}}, {{locale: C.UTF-8}}]
postgresql:
  listen: 127.0.0.1:{self.port}
  connect_address: 127.0.0.1:{self.port}
  data_dir: {self.data}
  bin_dir: {binaries}
  pgpass: {home}/pgpass
  parameters:
    unix_socket_directories: {home}
  pg_hba:
    - local all all scram-sha-256
    - host all all 127.0.0.1/32 scram-sha-256
    - host replication replicator 127.0.0.1/32 scram-sha-256
  authentication:{accounts}
""", as_database=True)

    def start(self):
        self.patroni = self.folder.start(self.name, [self.python, "-m", "patroni", self.file], as_database=True)

    def postmaster(self):
        try:
            return int((self.data / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None

    def database(self):
        """The postmaster and everything below it."""
        pid = self.postmaster()
        return [pid, *children(pid)] if pid else []

    def kill_database(self):
        tell(self.database(), signal.SIGKILL)

    def kill(self):
        """As a machine that loses its power: Patroni first, for it would start the database again."""
        database = self.database()
        tell([self.patroni.pid], signal.SIGKILL)
        tell(database, signal.SIGKILL)
        self.patroni.wait()

    def freeze(self):
        frozen = [self.patroni.pid, *self.database()]
        tell(frozen, signal.SIGSTOP)
        return frozen

    def receivers(self):
        """The processes by which it receives what the primary wrote."""
        found = []
        for pid in self.database():
            try:
                if b"walreceiver" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    found.append(pid)
            except OSError:
                continue
        return found


class Cluster:
    """Three members, HAProxy before them, portals and nginx before those."""

    def __init__(self, folder, program, first_port):
        self.folder, self.program, ports = folder, program, Ports(first_port)
        binaries = max(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
        self.psql = f"{binaries}/psql"
        python = self.environment()
        self.etcd = Etcd(folder, ports)
        self.members = [Member(folder, place, ports, self.etcd, python, binaries) for place in range(3)]
        self.primary_port, self.replica_port = ports.take(), ports.take()
        self.portal_ports, self.front_port = [ports.take(), ports.take()], ports.take()
        self.portals = [None, None]

    def environment(self):
        # The database's user has to run it: one made from an interpreter in somebody's home it could not.
        venv = self.folder.path / "venv"
        subprocess.run(["/usr/bin/python3", "-m", "venv", venv], check=True)
        with open(self.folder.path / "pip.log", "ab") as log:
            subprocess.run([venv / "bin/pip", "install", "--disable-pip-version-check", f"patroni[etcd3]=={PATRONI}",
                            f"psycopg2-binary=={PSYCOPG}"], check=True, stdout=log, stderr=log)
        return venv / "bin/python"

    def start(self):
        for member in self.members:
            member.start()
        self.settled(120)
        self.start_haproxy()
        # A server counts as up until HAProxy has looked at it.
        time.sleep(3)
        wait("the primary's port takes writes", 60, lambda: self.sql("select pg_is_in_recovery()", soft=True) == [["f"]])
        self.sql(f"create role lunzhi login password '{PASSWORD}'")
        self.sql("create role lunzhi_reader nologin; grant lunzhi_reader to lunzhi")
        self.sql("create database lunzhi owner lunzhi")
        self.start_nginx()

    def overview(self):
        for member in self.members:
            status, text = answer(member.api, "/cluster")
            if status == 200:
                return {one["name"]: one for one in json.loads(text)["members"]}
        return {}

    def roles(self):
        found = {one["role"]: self.named(name) for name, one in self.overview().items()}
        return found.get("leader"), found.get("sync_standby")

    def named(self, name):
        return next(member for member in self.members if member.name == name)

    def settled(self, seconds=120):
        """Waits until one leads, one follows in step, and all three are on one timeline."""
        def whole():
            members = self.overview().values()
            roles = sorted(one["role"] for one in members)
            alive = all(one["state"] in ("running", "streaming") for one in members)
            return (len(roles) == 3 and alive and roles.count("leader") == 1 and "sync_standby" in roles
                    and len({one.get("timeline") for one in members}) == 1)
        try:
            wait("the cluster is whole again", seconds, whole, 0.5)
        except Failed as why:
            raise Failed(f"{why}: {self.overview()}") from None

    def start_haproxy(self):
        servers = {which: "\n".join(f"    server {member.name} 127.0.0.1:{member.port} check port {member.api}"
                                    for member in self.members) for which in ("primary", "replica")}
        blocks = "".join(f"""
listen {which}
    bind 127.0.0.1:{port}
    option httpchk GET /{which}
    http-check expect status 200
    default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
{servers[which]}
""" for which, port in (("primary", self.primary_port), ("replica", self.replica_port)))
        file = self.folder.write("haproxy.cfg", f"""global
    maxconn 400
defaults
    mode tcp
    retries 2
    timeout connect 2s
    timeout check 2s
    timeout client 24h
    timeout server 24h
{blocks}""")
        self.folder.start("haproxy", ["/usr/sbin/haproxy", "-db", "-f", file])

    def start_nginx(self):
        home = self.folder.make("nginx")
        # A portal without its database says so itself, and better than nginx that holds both for dead.
        servers = "\n".join(f"    server 127.0.0.1:{port} max_fails=0;" for port in self.portal_ports)
        temporary = "\n".join(f"  {name}_temp_path {home}/{name};"
                              for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        user = "user root;\n" if os.getuid() == 0 else ""
        file = self.folder.write("nginx.conf", f"""{user}daemon off;
worker_processes 1;
pid {home}/pid;
error_log {home}/error.log;
events {{ worker_connections 400; }}
http {{
{temporary}
  log_format lunzhi '$time_iso8601 $request_method $uri $status $request_time $upstream_addr $upstream_status';
  access_log {home}/access.log lunzhi;
  upstream portals {{
{servers}
  }}
  upstream monitors {{
    server 127.0.0.1:{self.portal_ports[0]} max_fails=0;
    server 127.0.0.1:{self.portal_ports[1]} max_fails=0 backup;
  }}
  server {{
    listen 127.0.0.1:{self.front_port};
    client_max_body_size 41m;
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $remote_addr;
    # A GET goes on to the other portal; a POST that was sent never does.
    proxy_next_upstream error timeout http_503;
    proxy_next_upstream_tries 2;
    proxy_connect_timeout 2s;
    # A portal that was killed says nothing: whether it wrote is not known.
    error_page 502 504 =503 @away;
    location @away {{
      default_type "text/html; charset=utf-8";
      add_header Retry-After 5 always;
      return 503 "<!doctype html><title>稍后再试</title><p>系统正在切换。刚才的办理可能已经完成，也可能没有：请先查看，再决定是否重新办理。</p>";
    }}
    # All monitors come to the portal that has their shares.
    location ~ ^/(monitoring|scoring)(/|$) {{ proxy_pass http://monitors; }}
    location / {{ proxy_pass http://portals; }}
  }}
}}
""")
        self.folder.start("nginx", ["/usr/sbin/nginx", "-c", file, "-p", home])
        wait("nginx answers", 20, lambda: answer(self.front_port, "/")[0])

    def address(self):
        """What the portals are given as the address of their database."""
        if os.environ.get("DIRECT"):
            hosts = ",".join(f"127.0.0.1:{member.port}" for member in self.members)
            return f"postgres://lunzhi:{PASSWORD}@{hosts}/lunzhi?target_session_attrs=read-write"
        return f"postgres://lunzhi:{PASSWORD}@127.0.0.1:{self.primary_port}/lunzhi?sslmode=disable"

    def start_portal(self, place, command="serve", seconds=60):
        port, name = self.portal_ports[place], f"portal{place}"
        log = self.folder.path / f"{name}.log"
        before = log.stat().st_size if log.exists() else 0
        self.portals[place] = self.folder.start(
            name, [self.program, command, "--listen", f"127.0.0.1:{port}",
                   "--data", self.folder.path / "portals", "--ballot-key", self.folder.path / "ballot.key"],
            environment={"DATABASE_URL": self.address(), "RUST_LOG": "warn,lunzhi=info", "MALLOC_ARENA_MAX": "2"})
        wait(f"portal {place} listens", seconds,
             lambda: b"listening on" in log.read_bytes()[before:] or self.portals[place].poll() is not None)
        self.alive()
        return log.read_bytes()[before:].decode(errors="replace")

    def alive(self):
        """No portal has ended by itself: a database that dies is no reason."""
        for place, process in enumerate(self.portals):
            if process and process.poll() is not None:
                log = (self.folder.path / f"portal{place}.log").read_text(errors="replace")
                raise Failed(f"portal {place} ended with {process.returncode}: {log[-900:]}")

    def stop_portal(self, place, number=signal.SIGTERM):
        process, self.portals[place] = self.portals[place], None
        process.send_signal(number)
        code = process.wait(60 * SLOW)
        if number == signal.SIGTERM and code:
            raise Failed(f"portal {place} was told to end, and ended with {code}")

    def sql(self, text, database=None, soft=False):
        """Rows of a statement at the primary, as lists of text; with `soft` none where it fails."""
        environment = {**os.environ, "PGPASSWORD": PASSWORD, "PGCONNECT_TIMEOUT": "5"}
        try:
            done = self.asked(text, database, environment)
        except subprocess.TimeoutExpired:
            raise Failed(f"SQL: no answer in time: {text}") from None
        if done.returncode:
            if soft:
                return None
            raise Failed(f"SQL: {done.stderr.strip()}")
        return [line.split("\t") for line in done.stdout.splitlines()]

    def asked(self, text, database, environment):
        return subprocess.run(
            [self.psql, "-h", "127.0.0.1", "-p", str(self.primary_port), "-U", "postgres", "-AtqX", "-F", "\t",
             "-v", "ON_ERROR_STOP=1", "-d", database or "postgres", "-f", "-"],
            input=text, capture_output=True, text=True, env=environment, timeout=60 * SLOW)

    def end(self):
        """Ends everything that was started here. Databases are Patroni's children and outlive one that was killed."""
        self.folder.end(lambda: [pid for member in self.members for pid in member.database()])
