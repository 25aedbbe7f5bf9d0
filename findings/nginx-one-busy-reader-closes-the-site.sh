#!/usr/bin/env bash
# In nginx, one reader who is told "busy, come again" (503) by two backends closes the site to everybody for ten seconds.
#
# With `proxy_next_upstream … http_503`, which is how a GET goes on to the other backend, each such 503 counts as a failure
# of the backend, and by default one failure in ten seconds (max_fails=1 fail_timeout=10s) takes it out. A page that both
# backends answer 503 for reasons of its own, asked for and once reloaded, leaves nobody: until the ten seconds are over every
# request, from anybody and of any page, is answered 502 by nginx itself ("no live upstreams") though both backends would
# answer 200. The sentence and the Retry-After that the backends have for it are not seen. A POST that is answered 503
# does not count: it would not be sent on. With max_fails=0 both are asked each time, and all is right.
#
# Guessed before: that a 503 counts against a backend whether GET or POST (wrong for POST), but only while another
# backend answers better (wrong).
# Seen with nginx 1.22.1 (Debian 1.22.1-9+deb12u11), run on 2026-11-28.
# Who is hurt: a university with two portals behind nginx, where one page says "too many at once, again in five seconds":
# the first person who reloads it keeps the whole university out for ten.
#
# Needs nginx and Python 3 of Debian 12; both listen to loopback alone.
set -euo pipefail

t=$(mktemp -d)
pids=
trap 'for pid in $pids; do kill "$pid" 2>/dev/null || true; done; wait; rm -rf "$t"' EXIT
cd "$t"
/usr/sbin/nginx -v 2>&1 | grep -F 'nginx/1.22.1'

cat >backend.py <<'PY'
import http.server, sys

class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.say(503 if self.path == "/busy" else 200, "busy, or not")

    def do_POST(self):
        self.say(503, "busy")

    def say(self, status, text):
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
print(server.server_port, flush=True)
server.serve_forever()
PY
for one in 1 2; do
  /usr/bin/python3 backend.py >"port$one" &
  pids="$pids $!"
done
for _ in $(seq 100); do [ -s port1 ] && [ -s port2 ] && break; sleep 0.1; done
front=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

configure() {
  local temp=
  for of in client_body proxy fastcgi uwsgi scgi; do temp="$temp ${of}_temp_path $t/$of;"; done
  cat >nginx.conf <<CONF
$([ "$(id -u)" != 0 ] || echo 'user root;')
worker_processes 1; pid $t/pid; error_log $t/error.log;
events {}
http {
  $temp access_log off;
  upstream portals { server 127.0.0.1:$(cat port1) $1; server 127.0.0.1:$(cat port2) $1; }
  server {
    listen 127.0.0.1:$front;
    proxy_next_upstream error timeout http_503;
    location / { proxy_pass http://portals; }
  }
}
CONF
}
status() { curl -s -o /dev/null -w '%{http_code}' "${@:2}" "http://127.0.0.1:$front$1"; }
begin() {
  configure "$1"
  /usr/sbin/nginx -c "$t/nginx.conf" -g 'daemon off;' &
  nginx=$!
  pids="$pids $nginx"
  for _ in $(seq 100); do [ "$(status /)" != 000 ] && break; sleep 0.1; done
}

posts() { echo "$(status / -d a=1) $(status / -d a=1) $(status / -d a=1)"; }
pages() { echo "$(status /) $(status /) $(status /)"; }
busy() { echo "$(status /busy) $(status /busy)"; }

begin ''
said="POST $(posts), pages $(pages), busy $(busy), pages $(pages)"
echo "as nginx is: $said"
[ "$said" = 'POST 503 503 503, pages 200 200 200, busy 503 502, pages 502 502 502' ]
began=$(date +%s)
until [ "$(status /)" = 200 ]; do sleep 0.5; done
closed=$(($(date +%s) - began))
echo "closed for $closed s"
[ "$closed" -ge 8 ] && [ "$closed" -le 13 ]
grep -q 'no live upstreams' error.log
kill -QUIT "$nginx"
wait "$nginx"

begin 'max_fails=0'
said="POST $(posts), pages $(pages), busy $(busy), pages $(pages)"
echo "max_fails=0: $said"
[ "$said" = 'POST 503 503 503, pages 200 200 200, busy 503 503, pages 200 200 200' ]
echo "as on 2026-11-28: a page that asks for patience closes the site"
