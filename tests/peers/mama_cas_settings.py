"""django-mama-cas as a university might run it: attributes by a callback, single logout on."""

import os

SECRET_KEY, DEBUG, ALLOWED_HOSTS, ROOT_URLCONF = "on loopback", True, ["*"], "mama_cas_urls"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
                  "django.contrib.messages", "mama_cas"]
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.common.CommonMiddleware",
              "django.middleware.csrf.CsrfViewMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware",
              "django.contrib.messages.middleware.MessageMiddleware"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {
    "context_processors": ["django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
                           "django.contrib.messages.context_processors.messages"]}}]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["PEER_DATABASE"]}}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
USE_TZ, LANGUAGE_CODE = True, "zh-hans"
MAMA_CAS_SERVICES = [{
    "SERVICE": os.environ["PEER_SERVICE"], "CALLBACKS": ["mama_cas_settings.attributes"],
    "LOGOUT_ALLOW": True, "LOGOUT_URL": os.environ["PEER_SERVICE"],
}]


def attributes(user, _service):
    """The names and odd names that servers have: one is no name in XML, one is a value that is missing."""
    return [("xh", user.last_name), ("cn", user.first_name), ("dept", None), ("urn:oid:2.5.4.3", user.first_name)]
