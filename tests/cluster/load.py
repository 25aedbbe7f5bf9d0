"""A load of writes by HTTP, each noted on the client with its answer, and what the database has of them afterwards.

Ballots, students' requests, appointments with their ends, and imports. A write is *acknowledged* when its person was told
that it is done; *unclear* when the answer was a failure, or none came. What was acknowledged must be there, and nothing may
be there twice, whether acknowledged or not.
"""

import datetime
import hashlib
import http.client
import re
import secrets
import threading
import time
import urllib.parse
from collections import Counter
from dataclasses import dataclass

CHINA = datetime.timezone(datetime.timedelta(hours=8))
# Longer than the portal gives itself; whoever waits longer has left.
PATIENCE = 20.0
SCHOOL = "qingyu"
A_DAY = 9
ROWS = 30
KINDS = ("ballot", "request", "appointment", "end", "import")


@dataclass
class Attempt:
    """One write, and what its person was told."""

    kind: str
    key: str
    sent: float
    answered: float
    status: int
    done: bool
    # A 503 says when to come again.
    says_when: bool = False
    receipt: str = ""
    # What the page was called that came instead of a yes.
    page: str = ""

    def unclear(self):
        return not self.done and (self.status == 0 or self.status >= 500)

    def is_fault(self):
        """The answer is none that a portal may give, whatever becomes of its database."""
        return self.status == 500 or self.status == 503 and not self.says_when


class Browser:
    """A session on the cluster's front."""

    def __init__(self, port, token=""):
        self.port, self.token = port, token

    def send(self, method, path, fields=None, file=None):
        """Status, headers and text; status 0 where no answer came."""
        headers = {"Cookie": f"lunzhi={self.token}", "Sec-Fetch-Site": "same-origin"}
        body = None
        if file is not None:
            parts = [f'--XyX\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
                     for name, value in fields]
            if file:
                name, text = file
                parts.append(f'--XyX\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n{text}\r\n')
            body = ("".join(parts) + "--XyX--\r\n").encode()
            headers["Content-Type"] = "multipart/form-data; boundary=XyX"
        elif fields is not None:
            body = urllib.parse.urlencode(fields).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
            return response.status, response.headers, text
        except (OSError, http.client.HTTPException):
            return 0, {}, ""
        finally:
            connection.close()

    def sign_in(self, number, password):
        fields = [("school", SCHOOL), ("number", number), ("password", password)]
        status, headers, _ = self.send("POST", "/sign-in", fields)
        cookies = " ".join(headers.get_all("Set-Cookie") or []) if status else ""
        found = re.search(r"\blunzhi=([0-9a-f]{64})", cookies)
        if not found:
            raise RuntimeError(f"{number} cannot sign in: {status}")
        self.token = found.group(1)
        return self


def texts(values):
    return "array[" + ",".join(f"'{value}'" for value in values) + "]::text[]"


class People:
    """Students of the demo with sessions of their own, laid into the database as a sign-in by CAS would open them: the
    load is of writes, not of passwords."""

    def __init__(self, sql):
        self.sql = lambda text: sql(text, database="lunzhi")
        self.school = f"(select id from institution where code = '{SCHOOL}')"
        self.sitting = self.sql(f"select id from sitting where stage = 'open' and institution_id = {self.school}")[0][0]

    def sessions(self, port, numbers):
        tokens = [secrets.token_hex(32) for _ in numbers]
        hashes = "array[" + ",".join(f"'\\x{hashlib.sha256(token.encode()).hexdigest()}'::bytea" for token in tokens) + "]"
        chosen = texts(numbers)
        self.sql(f"""
            insert into account (id, institution_id, number, name, must_change_password, created_at, student_id)
            select gen_random_uuid(), institution_id, number, name, false, now(), id from student s
            where institution_id = {self.school} and number = any({chosen})
                  and not exists (select from account a where a.student_id = s.id);
            insert into office (id, account_id, institution_id, kind, from_day, granted_at)
            select gen_random_uuid(), id, institution_id, 'student', current_date - 30, now() from account a
            where institution_id = {self.school} and number = any({chosen})
                  and not exists (select from office o where o.account_id = a.id);
            insert into session (token_hash, account_id, device, created_at, expires_at)
            select u.hash, a.id, 'cluster', now(), now() + interval '12 hours'
            from unnest({chosen}, {hashes}) as u(number, hash)
                 join account a on a.institution_id = {self.school} and a.number = u.number""")
        return [Browser(port, token) for token in tokens]

    def voters(self, count):
        """Students on the roll who have not voted, each with the contests on their ballot."""
        rows = self.sql(f"""select s.number, array_to_string(v.contests, ' ')
                            from voter v join student s on s.id = v.student_id
                            where v.sitting_id = '{self.sitting}' and not exists
                                  (select from envelope e where e.sitting_id = v.sitting_id and e.voter = v.place)
                            order by s.number limit {count}""")
        return {number: contests.split() for number, contests in rows}

    def askers(self, count, offset):
        rows = self.sql(f"""select number from student where institution_id = {self.school} and left_on is null
                                  and number !~ '^Y' order by md5(number || 'asks') limit {count} offset {offset}""")
        return [row[0] for row in rows]

    def union(self):
        """A union of a college with room, and students who may work in it."""
        union, college = self.sql(f"""select u.id, u.college_id from student_union u
            where u.institution_id = {self.school} and u.kind = 'college' and u.opened_on is not null
            order by (select count(*) from post p where p.union_id = u.id and p.until_day is null) limit 1""")[0]
        rows = self.sql(f"""select s.number
            from student s join class k on k.id = s.class_id join major m on m.id = k.major_id
            where m.college_id = '{college}' and s.left_on is null and s.political in ('共青团员', '中共党员')
                  and exists (select from grade_fact g where g.student_id = s.id and g.rank * 5 < g.cohort and g.failed = 0)
                  and not exists (select from post p where p.student_id = s.id) order by md5(s.number) limit 40""")
        return union, [row[0] for row in rows]

    def a_class(self):
        row = self.sql(f"""select c.name, m.name, k.name, k.entry_year, m.level
            from class k join major m on m.id = k.major_id join college c on c.id = m.college_id where c.institution_id = {self.school} order by k.name limit 1""")[0]
        return {"college": row[0], "major": row[1], "class": row[2], "year": row[3],
                "level": {"vocational": "专科", "undergraduate": "本科"}.get(row[4], "研究生")}


class Load:
    """The writers. `pace`: seconds between two writes of one of them."""

    def __init__(self, people, port, accounts, pace):
        self.people, self.port, self.pace = people, port, pace
        self.attempts, self.reads, self.lock = [], [], threading.Lock()
        self.stopping, self.pausing, self.idle = threading.Event(), threading.Event(), Counter()
        self.counter, self.threads, self.asked = 0, [], 0
        self.run = secrets.token_hex(3)
        self.league = Browser(port).sign_in("Q0002", accounts["Q0002"])
        self.registrar = Browser(port).sign_in("Q0001", accounts["Q0001"])
        self.union, members = people.union()
        browsers = people.sessions(port, members)
        self.members = [number for number, browser in zip(members, browsers)
                        if browser.send("POST", "/pledge", [("sure", "yes")])[0] == 303]
        voters = people.voters(180)
        self.voters = list(zip(voters, voters.values(), people.sessions(port, list(voters))))
        self.class_ = people.a_class()
        self.pool = []

    def start(self):
        third = len(self.voters) // 3
        workers = [lambda part=part: self.cast(self.voters[part * third:(part + 1) * third]) for part in range(3)]
        workers += [self.ask, self.ask, self.appoint, self.bring, self.read]
        self.threads = [threading.Thread(target=self.work, args=(worker,), daemon=True) for worker in workers]
        for thread in self.threads:
            thread.start()

    def work(self, worker):
        for _ in worker():
            time.sleep(self.pace)
            while self.pausing.is_set() and not self.stopping.is_set():
                with self.lock:
                    self.idle[threading.get_ident()] = 1
                time.sleep(0.1)
            with self.lock:
                self.idle.pop(threading.get_ident(), None)
            if self.stopping.is_set():
                return

    def pause(self):
        """Waits until nothing is under way."""
        self.pausing.set()
        end = time.monotonic() + 3 * PATIENCE
        while time.monotonic() < end and len(self.idle) < sum(thread.is_alive() for thread in self.threads):
            time.sleep(0.1)

    def go_on(self):
        self.pausing.clear()

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(2 * PATIENCE)

    def number(self):
        with self.lock:
            self.counter += 1
            return self.counter

    def note(self, kind, key, sent, answer, done, receipt=""):
        status, headers, text = answer
        says_when = status == 503 and "Retry-After" in headers
        title = re.search(r"<h1[^>]*>\s*(.*?)\s*</h1>|<title>(.*?)</title>", text, re.DOTALL)
        page = "" if done or not title else title.group(1) or title.group(2)
        attempt = Attempt(kind, key, sent, time.time(), status, done, says_when, receipt, page)
        with self.lock:
            self.attempts.append(attempt)
        return attempt

    def cast(self, voters):
        while True:
            for number, contests, browser in voters:
                fields, sent = [(f"c{contest}-1", "F") for contest in contests], time.time()
                answer = browser.send("POST", f"/votes/{self.people.sitting}/cast", fields)
                found = re.search(r'class="receipt">([0-9a-z-]+)<', answer[2])
                receipt = found.group(1).replace("-", "") if found else ""
                self.note("ballot", number, sent, answer, answer[0] == 200 and bool(receipt), receipt)
                yield

    def asker(self):
        with self.lock:
            if not self.pool:
                numbers = self.people.askers(40, self.asked)
                self.asked += 40
                self.pool = [browser for browser in self.people.sessions(self.port, numbers) for _ in range(A_DAY)]
            return self.pool.pop()

    def ask(self):
        while True:
            try:
                browser = self.asker()
            except Exception:  # noqa: BLE001: in an outage no sessions can be laid in; the next turn tries again
                yield
                continue
            title = f"演练{self.run}-{self.number()}"
            sent = time.time()
            fields = [("area", "study"), ("title", title), ("says", "演练"), ("place", ""), ("receiver", "school"),
                      ("identity", "named"), ("publish", "no")]
            answer = browser.send("POST", "/voice/new", fields, file=())
            done = answer[0] == 303 and "done=asked" in answer[1].get("Location", "")
            self.note("request", title, sent, answer, done)
            yield

    def appoint(self):
        departments = []
        while not departments:
            _, _, text = self.league.send("GET", f"/unions/{self.union}/appoint")
            departments = re.findall(r'<option\s+value="([0-9a-f-]{36})"', text)
            yield
        while True:
            for number in self.members:
                token, today, sent = f"演练{self.run}-{self.number()}", datetime.datetime.now(CHINA).date(), time.time()
                fields = [("number", number), ("post", "staff"), ("department", departments[0]), ("from", today),
                          ("from_college", "yes"), ("ground", "校团委〔2026〕12号"), ("direct", token)]
                answer = self.league.send("POST", f"/unions/{self.union}/appoint", fields, file=())
                self.note("appointment", token, sent, answer, answer[0] == 303)
                yield
                _, _, text = self.league.send("GET", f"/unions/{self.union}/leave?people={number}")
                found = re.findall(r'name="chosen"\s+value="([0-9a-f-]{36})"', text)
                if not found:
                    yield
                    continue
                sent = time.time()
                fields = [("chosen", found[0]), ("offered", found[0]), ("day", today), ("why", "工作调整"),
                          ("ground", "演练"), ("sure", "yes")]
                answer = self.league.send("POST", f"/unions/{self.union}/leave", fields)
                self.note("end", found[0], sent, answer, answer[0] == 303)
                yield

    def bring(self):
        of = self.class_
        head = "学号,姓名,院系,专业,培养层次,年级,班级,政治面貌\n"
        while True:
            place, sent = self.number(), time.time()
            name = f"演练{self.run}-{place}"
            rest = f"演练生,{of['college']},{of['major']},{of['level']},{of['year']},{of['class']},群众\n"
            rows = "".join(f"Y{self.run}{place:05}{row:03},{rest}" for row in range(ROWS))
            answer = self.registrar.send("POST", "/imports", [("kind", "students")], file=(f"{name}.csv", head + rows))
            done = False
            if answer[0] == 303:
                path = answer[1].get("Location", "").split("?")[0]
                answer = self.registrar.send("POST", f"{path}/commit", [])
                # A large file is written behind the page, which says so when it is done.
                for _ in range(20 if answer[0] == 303 else 0):
                    answer = self.registrar.send("GET", path)
                    done = answer[0] == 200 and "已写入：" in answer[2]
                    if done or answer[0] != 200:
                        break
                    time.sleep(0.5)
            self.note("import", name, sent, answer, done)
            for _ in range(6):
                yield

    def read(self):
        _, _, browser = self.voters[0]
        while True:
            sent = time.time()
            status, _, _ = browser.send("GET", "/")
            with self.lock:
                self.reads.append((sent, time.time(), status))
            yield


@dataclass
class Comparison:
    """What the database has of the writes."""

    acknowledged: int
    lost: list
    twice: list


def compare(load, sql):
    """Every write against the database, as sets."""
    rows = lambda text: sql(text, database="lunzhi")
    with load.lock:
        attempts = list(load.attempts)
    lost, twice = [], []
    cast = {number: float(at) for number, at in rows(
        f"""select s.number, extract(epoch from e.cast_at) from envelope e
            join voter v on v.sitting_id = e.sitting_id and v.place = e.voter join student s on s.id = v.student_id
            where e.sitting_id = '{load.people.sitting}'""")}
    last = {}
    for attempt in attempts:
        if attempt.kind == "ballot" and attempt.done:
            last[attempt.key] = attempt
    # Who votes again replaces the envelope: the one that is there came no earlier than the last that was acknowledged.
    lost += [attempt for number, attempt in last.items() if cast.get(number, 0) < attempt.sent - 0.01]

    requests = {title: int(count) for title, count in rows(
        f"select title, count(*) from voice_request where title like '演练{load.run}-%' group by title")}
    posts = {token: int(count) for token, count in rows(
        f"select direct, count(*) from post where direct like '演练{load.run}-%' and voided_at is null group by direct")}
    ended = {row[0] for row in rows("select id from post where until_day is not null")}
    # Of each import by itself the students would be gone through again.
    brought = {int(place): int(count) for place, count in rows(
        f"""select substring(number from {len(load.run) + 2} for 5), count(*) from student
            where number like 'Y{load.run}%' group by 1""")}
    imports = {}
    for name, state in rows(f"select file_name, state from import where file_name like '演练{load.run}-%'"):
        name = name.removesuffix(".csv")
        imports.setdefault(name, []).append((state, brought.get(int(name.rpartition("-")[2]), 0)))
    for attempt in attempts:
        if attempt.kind == "request":
            counted = requests.get(attempt.key, 0)
        elif attempt.kind == "appointment":
            counted = posts.get(attempt.key, 0)
        elif attempt.kind == "end":
            counted = int(attempt.key in ended)
        elif attempt.kind == "import":
            found = imports.get(attempt.key, [])
            counted = sum(state == "committed" for state, _ in found)
            # Whole or not at all.
            if any(rows_there not in (0, ROWS) for _, rows_there in found):
                lost.append(attempt)
        else:
            continue
        if attempt.done and counted == 0:
            lost.append(attempt)
        if counted > 1:
            twice.append(attempt)
    return Comparison(sum(attempt.done for attempt in attempts), lost, twice)
