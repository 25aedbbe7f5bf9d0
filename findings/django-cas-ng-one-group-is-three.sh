#!/usr/bin/env bash
# django-cas-ng puts a member of 学生会 into the groups 学, 生 and 会; who is in two is put into those two.
#
# CAS sends an attribute of several values as the element several times, and of one value once. python-cas makes a list of
# the first and a plain text of the second, and django-cas-ng, told to map affiliations to groups
# (CAS_MAP_AFFILIATIONS), goes through either: a text is gone through by characters, each of which becomes a group. So
# people with two affiliations are right, and those with one are in three groups that exist since then. The other switch,
# CAS_APPLY_ATTRIBUTES_TO_USER, makes Booleans of "True" alone, while the protocol writes "true" (xs:boolean, as in its
# isFromNewLogin): an is_active that says true makes the account inactive, and from the next time on nobody gets in.
#
# Guessed before: one affiliation is one group; "true" is true, or is left as it is.
# Seen with django-cas-ng 5.1.1, python-cas 1.7.2, Django 5.2.19, Python 3.11, run on 2026-11-29.
# Who is hurt: officers who are in one body alone, nearly all: they have no rights of 学生会, and one tries it with an
# account that is in everything. Mapped activity locks each account at its second sign-in.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q django-cas-ng==5.1.1 python-cas==1.7.2 Django==5.2.19

cat >sign_in.py <<'PY'
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import django
from django.conf import settings

class Server(BaseHTTPRequestHandler):
    def do_GET(self):
        sent = "".join(f"<cas:{name}>{value}</cas:{name}>" for name, value in attributes)
        answer = ("<cas:serviceResponse xmlns:cas='http://www.yale.edu/tp/cas'><cas:authenticationSuccess>"
                  f"<cas:user>{person}</cas:user><cas:attributes>{sent}</cas:attributes>"
                  "</cas:authenticationSuccess></cas:serviceResponse>").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/xml; charset=utf-8")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass

server = HTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()

settings.configure(
    SECRET_KEY="k", USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django_cas_ng"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    CAS_SERVER_URL=f"http://127.0.0.1:{server.server_port}/cas/", CAS_VERSION="3",
    CAS_MAP_AFFILIATIONS=True, CAS_AFFILIATIONS_KEY="body", CAS_APPLY_ATTRIBUTES_TO_USER=True)
django.setup()

from django.contrib.auth.models import User
from django.core.management import call_command
from django_cas_ng.backends import CASBackend

call_command("migrate", verbosity=0)

def sign_in():
    return CASBackend().authenticate(None, ticket="ST-1", service="https://union.example.edu.cn/")

def groups():
    return sorted(User.objects.get(username=person).groups.values_list("name", flat=True))

person, attributes = "20240001", [("body", "学生会"), ("body", "团委")]
assert sign_in().username == person
print("学生会, 团委 ->", groups())
assert groups() == sorted(["学生会", "团委"])

person, attributes = "20240002", [("body", "学生会")]
assert sign_in().username == person
print("学生会 ->", groups())
assert groups() == sorted("学生会")

for said, active in (("True", True), ("true", False)):
    person, attributes = f"2024000{said}", [("is_active", said)]
    assert sign_in() is not None
    print("is_active", said, "->", User.objects.get(username=person).is_active)
    assert User.objects.get(username=person).is_active is active
    assert (sign_in() is not None) is active
server.shutdown()
print("as on 2026-11-29: one affiliation is as many groups as it has characters")
PY
v/bin/python sign_in.py
