"""The record's list and the cast of a ballot on Django and psycopg: a pool of connections, statements prepared by psycopg, pages
by Django's templates. gunicorn runs two workers of it."""

import hashlib
import os
import re
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpResponse
from django.template import engines
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

AT_ONCE = 8
FOLDER = Path(os.environ["PEER_TEMPLATES"])
DATABASE = urlsplit(os.environ["PEER_DATABASE"])
SEALED = int(os.environ["PEER_SEALED"])

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    SECRET_KEY=secrets.token_hex(32),
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    USE_TZ=True,
    DATABASES={"default": {
        "ENGINE": "django.db.backends.postgresql", "NAME": DATABASE.path.lstrip("/"), "USER": DATABASE.username,
        "HOST": DATABASE.hostname, "PORT": DATABASE.port,
        "OPTIONS": {"pool": {"min_size": AT_ONCE, "max_size": AT_ONCE}, "server_side_binding": True, "prepare_threshold": 1}}})
application = get_wsgi_application()



def statement(name):
    """As node's driver has it, but for the marks of values."""
    return re.sub(r"\$(\d)", r"%(v\1)s", (FOLDER / f"{name}.sql").read_text())


def values(*given):
    return {f"v{place}": value for place, value in enumerate(given, 1)}


SESSION, ENTRIES, CAST = (statement(name) for name in ("session", "entries", "cast"))
LIST, VOTED = (engines["django"].from_string((FOLDER / f"{name}.html").read_text()) for name in ("list", "voted"))


def signed_in(request):
    token = request.COOKIES.get("lunzhi", "")
    if not re.fullmatch("[0-9a-f]{64}", token):
        return None
    with connection.cursor() as cursor:
        cursor.execute(SESSION, values(hashlib.sha256(token.encode()).digest()))
        return cursor.fetchone()


@require_GET
def entries(request):
    person = signed_in(request)
    if not person:
        return HttpResponse(status=401)
    name, institution, _ = person
    with connection.cursor() as cursor:
        cursor.execute(ENTRIES, values(institution))
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row)) for row in cursor.fetchall()]
    return HttpResponse(LIST.render({"name": name, "rows": rows}))


@require_POST
def cast(request, sitting):
    person = signed_in(request)
    if not person:
        return HttpResponse(status=401)
    if not request.POST or any(choice not in ("F", "A", "O") for choice in request.POST.values()):
        return HttpResponse(status=422)
    name, _, student = person
    with connection.cursor() as cursor:
        cursor.execute(CAST, values(sitting, student, os.urandom(SEALED), os.urandom(32)))
        if cursor.rowcount != 1:
            return HttpResponse(status=409)
    receipt = "-".join(re.findall("....", secrets.token_hex(8)))
    return HttpResponse(VOTED.render({"name": name, "receipt": receipt}))


urlpatterns = [path("list", entries), path("votes/<uuid:sitting>/cast", cast)]
