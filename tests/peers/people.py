"""Prepares a Django server: its tables, its people as `user password number name`, and django-cas-server's services."""

import os
import re
import sys

import django
from django.core.management import call_command

django.setup()
call_command("migrate", verbosity=0)

from django.contrib.auth.models import User  # noqa: E402: after the setup

for line in sys.argv[1:]:
    user, password, number, name = line.split()
    User.objects.create_user(user, password=password, last_name=number, first_name=name)
if "cas_server" in os.environ["DJANGO_SETTINGS_MODULE"]:
    from cas_server.models import ReplaceAttributName, ServicePattern

    service = os.environ["PEER_SERVICE"]
    pattern = ServicePattern.objects.create(
        pos=1, name="lunzhi", pattern=f"^{re.escape(service)}$", single_log_out=True, single_log_out_callback=service)
    for attribute, name in (("last_name", "xh"), ("first_name", "cn")):
        ReplaceAttributName.objects.create(service_pattern=pattern, name=attribute, replace=name)
