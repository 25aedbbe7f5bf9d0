# Two commands: `make demo` starts everything with data to try, `make test` runs every check. Each installs what is
# missing, as root or through sudo, and may be run again at any time. `make quick` is the part of the checks that takes
# under a minute after a build.

SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
AXE := .tools/node_modules/axe-core/axe.min.js
DENY := .tools/deny/bin/cargo-deny

# What `make quick` leaves out; tests/portal/house.rs says why.
SLOW := ballot_faults browser every_form failover hangups links process proxy secrecy
# Clippy is the compiler with more to say. As the compiler of the build it looks at the portal in the pass that the tests need
# anyway, and the libraries are not checked once and built once more.
LINTED := RUSTC_WORKSPACE_WRAPPER=clippy-driver CLIPPY_ARGS=-D__CLIPPY_HACKERY__warnings

# A story waits for its database or its browser half of the time. Of one that fails the message counts, which a hundred lines of
# the runtime's calls bury.
TOGETHER := RUST_TEST_THREADS=$$((2 * $$(nproc))) RUST_BACKTRACE=0

.PHONY: demo test quick bench fuzz prepare cluster peers peers-bench papers full soak portal tools libraries postgres nginx

# Built as for the tests: optimised it would take three times as long, and every page is there in a moment either way.
demo: postgres
	cargo build --locked
	./target/debug/lunzhi demo $(ARGS)

test: tools libraries
	cargo fmt --all --check
	$(LINTED) cargo test --locked --workspace --tests --benches --no-run
	$(LINTED) $(TOGETHER) PROPTEST_CASES=64 cargo test --locked --workspace

# Licences, sources, bans and what is in twice, by .cargo/deny.toml; what is known against a library, where that list is reached.
libraries: $(DENY)
	$(DENY) --locked check -D unmatched-skip -D unnecessary-skip licenses bans sources
	@if timeout 60 $(DENY) fetch db >/dev/null 2>&1; then $(DENY) --locked check advisories; \
	 else echo 'Advisories are not looked up: https://github.com/RustSec/advisory-db is not reached.' >&2; fi

quick: postgres
	cargo fmt --all --check
	$(LINTED) $(TOGETHER) PROPTEST_CASES=16 cargo test --locked --package lunzhi-ground --lib
	$(LINTED) $(TOGETHER) PROPTEST_CASES=16 cargo test --locked --test portal -- $(SLOW:%=--skip %::)

# Ratios on this machine, in one run; nothing here decides a test. `make bench -- memory` measures one part alone.
PARTS := $(if $(filter bench,$(firstword $(MAKECMDGOALS))),$(filter-out bench,$(MAKECMDGOALS)))

bench: postgres
	cargo bench --locked --bench ratios -- $(PARTS)

ifneq ($(PARTS),)
.PHONY: $(PARTS)
$(PARTS):
	@:
endif

# The properties, the parsers' fuzz targets and the keys of names in full; `make test` gives them a quarter of proptest's usual
# cases.
fuzz:
	PROPTEST_CASES=$(or $(CASES),20000) cargo test --locked --test portal -- fuzz:: oracles:: make_the_same_keys

# After any change of SQL or of the migrations.
prepare: postgres
	cargo xtask prepare

# Three databases under Patroni, two portals and nginx on this machine, a load of writes, and what may die dies in turn:
# ROUNDS=10 plays ten times. LUNZHI names another program than the one that is built.
cluster: postgres nginx portal
	@{ command -v etcd && test -x /usr/sbin/haproxy && /usr/bin/python3 -c 'import ensurepip'; } >/dev/null 2>&1 || \
	  { policy=/usr/sbin/policy-rc.d; made=; \
	    test -e $$policy || { printf '#!/bin/sh\nexit 101\n' | $(SUDO) tee $$policy >/dev/null; $(SUDO) chmod +x $$policy; made=yes; }; \
	    $(SUDO) apt-get update -q && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -yq \
	      etcd-server etcd-client haproxy python3-venv; \
	    test -z "$$made" || $(SUDO) rm $$policy; }
	/usr/bin/python3 -B tests/cluster/run.py

# Sign-in through real CAS and OpenID servers, by Chromium.
peers: tools portal
	@{ command -v npm && /usr/bin/python3 -c 'import ensurepip'; } >/dev/null 2>&1 || \
	  { $(SUDO) apt-get update -q && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -yq npm python3-venv; }
	/usr/bin/python3 -B tests/peers/run.py

# The demo's papers of each kind in Word, as LibreOffice reads them, and in print, compared page by page.
papers: tools portal
	@{ command -v soffice && command -v pdftotext; } >/dev/null 2>&1 || \
	  { $(SUDO) apt-get update -q && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -yq \
	    libreoffice-writer poppler-utils; }
	/usr/bin/python3 -B tests/papers/run.py

# A disk that fills up under a portal: a small tmpfs, which root alone may mount.
full: postgres portal
	$(SUDO) env LUNZHI=$(or $(LUNZHI),target/release/lunzhi) /usr/bin/python3 -B tests/full/run.py

# Two portals under half of what they bear for ten minutes, each ended and started again in its turn. LASTS=60 is a short one.
soak: postgres portal
	/usr/bin/python3 -B tests/soak/run.py

# The same list and the same cast on Fastify and on Django, with one small client, as ratios.
peers-bench: postgres portal
	@{ command -v npm && /usr/bin/python3 -c 'import ensurepip'; } >/dev/null 2>&1 || \
	  { $(SUDO) apt-get update -q && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -yq npm python3-venv; }
	/usr/bin/python3 -B tests/peers_bench/run.py

portal:
	@test -n "$$LUNZHI" || cargo build --release --locked

postgres:
	@ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || test -n "$$PG_BIN" || command -v postgres >/dev/null || \
	  { $(SUDO) apt-get update -q && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -yq postgresql; }
	@command -v cc >/dev/null || \
	  { $(SUDO) apt-get update -q && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -yq gcc libc6-dev; }

tools: postgres nginx $(AXE)
	@{ command -v chromium && command -v chromedriver && fc-list | grep -q 'CJK' && ls /usr/lib/chromium/locales/zh-CN.pak; } >/dev/null 2>&1 || \
	  { $(SUDO) apt-get update -q && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -yq \
	    chromium chromium-driver chromium-l10n fonts-noto-cjk fontconfig; }

$(DENY): .ci/cargo-deny.txt
	@/usr/bin/python3 -c 'import ensurepip' 2>/dev/null || \
	  { $(SUDO) apt-get update -q && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -yq python3-venv; }
	/usr/bin/python3 -m venv .tools/deny
	.tools/deny/bin/pip install --quiet --disable-pip-version-check --only-binary :all: --require-hashes -r .ci/cargo-deny.txt
	@touch $@

nginx:
	@test -x /usr/sbin/nginx || command -v nginx >/dev/null || \
	  { $(SUDO) apt-get update -q && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -yq nginx-light; }

$(AXE):
	@command -v npm >/dev/null || \
	  { $(SUDO) apt-get update -q && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -yq npm; }
	@mkdir -p .tools
	npm install --prefix .tools --ignore-scripts --no-audit --no-fund --loglevel=error axe-core@4.14.1
