#!/usr/bin/env bash
# Two CAS servers answer with what is no XML where an attribute is called "urn:oid:2.5.4.3" or "full name".
#
# The names of attributes are data: LDAP and SAML have OIDs, directories have blanks. Both servers take them without a word
# and write them as names of elements, `<cas:urn:oid:2.5.4.3>` and `<cas:full name>`. The first is no name in a namespace, the
# second no name at all, so that the whole answer, which says that the person is who they are, cannot be read: python-cas
# ends in a ParseError, and nobody signs in who has the attribute. Values are escaped as they should be. The ticket is spent.
#
# Guessed before: that they leave the attribute out, or write its name as a value (as CAS's <cas:attribute name="…"> does).
# Seen with django-mama-cas 2.5.0, django-cas-server 3.1.0, Django 5.2.19, python-cas 1.7.2, Python 3.11, run on 2026-11-28.
# Who is hurt: a university that lets one more attribute through for one system: from that moment nobody can sign in to any
# other that reads the same answer, and the log of each says "not well-formed".
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q django-mama-cas==2.5.0 django-cas-server==3.1.0 Django==5.2.19 python-cas==1.7.2 2>/dev/null

cat >ask.py <<'PY'
import re, sys, types
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import django
from django.conf import settings

server = sys.argv[1]
service = "https://union.example.edu.cn/sso/cas"
odd = ["urn:oid:2.5.4.3", "full name"]

def attributes(_user, _service):
    return [("xh", "20240001"), *[(name, "张三 <三>") for name in chosen]]

callbacks = types.ModuleType("callbacks")
callbacks.attributes = attributes
sys.modules["callbacks"] = callbacks
settings.configure(
    SECRET_KEY="k", ALLOWED_HOSTS=["*"], ROOT_URLCONF="urls", USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
                    "django.contrib.messages", "django.contrib.staticfiles", "django.contrib.admin", server],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware",
                "django.contrib.auth.middleware.AuthenticationMiddleware",
                "django.contrib.messages.middleware.MessageMiddleware"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {
        "context_processors": ["django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
                               "django.contrib.messages.context_processors.messages"]}}],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}, STATIC_URL="/static/",
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"], CAS_NEW_VERSION_HTML_WARNING=False,
    MAMA_CAS_SERVICES=[{"SERVICE": service, "CALLBACKS": ["callbacks.attributes"]}])
django.setup()

from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import include, path

urls = types.ModuleType("urls")
urls.urlpatterns = [path("cas/", include((f"{server}.urls", server), namespace=server) if server == "cas_server"
                         else include(f"{server}.urls"))]
sys.modules["urls"] = urls
call_command("migrate", verbosity=0)
User.objects.create_user("zhangsan", password="p", first_name="张三 <三>", last_name="20240001")

def configure():
    if server == "cas_server":
        from cas_server.models import ReplaceAttributName, ServicePattern
        ServicePattern.objects.all().delete()
        pattern = ServicePattern.objects.create(pos=1, name="union", pattern=f"^{re.escape(service)}$")
        for attribute, name in [("last_name", "xh"), *[("first_name", name) for name in chosen]]:
            ReplaceAttributName.objects.create(service_pattern=pattern, name=attribute, replace=name)

def answer():
    client = Client()
    page = client.get("/cas/login", {"service": service}, follow=True).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    came = client.post("/cas/login?service=" + service, {**hidden, "username": "zhangsan", "password": "p", "service": service})
    ticket = parse_qs(urlsplit(came.headers["Location"]).query)["ticket"][0]
    return client.get("/cas/p3/serviceValidate", {"service": service, "ticket": ticket}).content

import cas

for chosen, readable in (([], True), (["cn"], True), ([odd[0]], False), ([odd[1]], False)):
    configure()
    said = answer()
    assert b"authenticationSuccess" in said, said
    try:
        ElementTree.fromstring(said)
        client = cas.CASClient(version=3, server_url="https://cas.example.edu.cn/cas/", service_url=service)
        user, found, _ = client.verify_response(said)
        outcome = f"{user} {found}"
        assert user == "zhangsan" and found["xh"] == "20240001" and (not chosen or found["cn"] == "张三 <三>"), outcome
        is_read = True
    except ElementTree.ParseError as error:
        outcome, is_read = str(error), False
    print(server, chosen, "->", outcome)
    assert is_read == readable
PY
v/bin/python ask.py mama_cas
v/bin/python ask.py cas_server
echo "as on 2026-11-28: an attribute's name takes away the whole answer"
