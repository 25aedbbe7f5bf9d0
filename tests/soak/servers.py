"""A PostgreSQL of a test's own and portals on it, on loopback and in one folder. Every process is one that was started here and
is ended by its id."""

import glob
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cluster"))
from machines import Failed, wait  # noqa: E402: beside the other test that has two portals

# How long nobody is there between a portal that ended and the next, in seconds.
AWAY = 3.0


class Database:
    """A PostgreSQL of its own, as Debian sets it up; everything is flushed."""

    def __init__(self, folder, port):
        self.port = port
        self.programs = max(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
        home = folder.make("postgres", as_database=True)
        done = folder.start("initdb", [f"{self.programs}/initdb", "-D", home / "data", "-E", "UTF8", "--locale=C.UTF-8",
                                       "-U", "postgres", "-A", "trust"], as_database=True).wait(120)
        if done:
            raise Failed("initdb failed")
        self.process = folder.start("postgresql", [
            f"{self.programs}/postgres", "-D", home / "data", "-p", port, "-c", "listen_addresses=127.0.0.1",
            "-c", f"unix_socket_directories={home}", "-c", "shared_buffers=256MB"], as_database=True)
        wait("PostgreSQL answers", 60, lambda: self.sql("select 1", "postgres", soft=True))
        self.sql("create role lunzhi login; create role lunzhi_reader nologin; grant lunzhi_reader to lunzhi", "postgres")
        self.sql("create database lunzhi owner lunzhi", "postgres")

    def address(self):
        return f"postgres://lunzhi@127.0.0.1:{self.port}/lunzhi?sslmode=disable"

    def sql(self, text, database="lunzhi", soft=False):
        """Rows of a statement, as lists of text; with `soft` none where it fails."""
        done = subprocess.run(
            [f"{self.programs}/psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-AtqX", "-F", "\t",
             "-v", "ON_ERROR_STOP=1", "-d", database, "-f", "-"], input=text, capture_output=True, text=True, timeout=120)
        if done.returncode:
            if soft:
                return None
            raise Failed(f"SQL: {done.stderr.strip()}")
        return [line.split("\t") for line in done.stdout.splitlines()]


class Portals:
    """Two programs on one database, with one folder and one ballot key."""

    def __init__(self, folder, program, database, ports):
        self.folder, self.program, self.database, self.ports = folder, program, database, ports
        self.processes, self.starts = [None, None], 0
        folder.make("portals")

    def start(self, place, command="serve", seconds=60):
        log = self.folder.path / f"portal{place}.log"
        before = log.stat().st_size if log.exists() else 0
        process = self.folder.start(
            f"portal{place}", [self.program, command, "--listen", f"127.0.0.1:{self.ports[place]}", "--data",
                               self.folder.path / "portals", "--ballot-key", self.folder.path / "ballot.key"],
            environment={"DATABASE_URL": self.database.address(), "RUST_LOG": "warn", "MALLOC_ARENA_MAX": "2"})
        wait(f"portal {place} listens", seconds,
             lambda: b"listening on" in log.read_bytes()[before:] or process.poll() is not None)
        if process.poll() is not None:
            raise Failed(f"portal {place} ended: {log.read_text(errors='replace')[-600:]}")
        self.processes[place], self.starts = process, self.starts + 1
        return log.read_bytes()[before:].decode(errors="replace")

    def replace(self, place, number):
        """Ends a portal by a signal, and starts another in its place a moment later."""
        process = self.processes[place]
        process.send_signal(number)
        code = process.wait(60)
        if number == signal.SIGTERM and code:
            raise Failed(f"portal {place} was told to end, and ended with {code}")
        time.sleep(AWAY)
        self.start(place)

    def resources(self, place):
        """Resident memory in MB and open descriptors; none while the portal is away."""
        folder = Path(f"/proc/{self.processes[place].pid}")
        try:
            status = (folder / "status").read_text()
            size = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
            return int(size.split()[1]) / 1024, len(list((folder / "fd").iterdir()))
        except (OSError, StopIteration):
            return None


def end_all(folder):
    """Ends what was started there, the last one first: portals before their database, which waits for nobody."""
    for process in reversed(folder.running):
        if process.poll() is None:
            process.send_signal(signal.SIGINT if process.args[0].endswith("/postgres") else signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
