# Two commands: `make demo` starts everything with data to try, `make test` runs every check. Each installs what is
# missing, as root or through sudo, and may be run again at any time.

SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
AXE := .tools/node_modules/axe-core/axe.min.js

.PHONY: demo test bench fuzz prepare tools postgres

demo: postgres
	cargo build --release --locked
	./target/release/lunzhi demo $(ARGS)

test: tools
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	cargo xtask check-prepared
	cargo test --locked --workspace

# Ratios on this machine, in one run; nothing here decides a test.
bench: postgres
	cargo bench --locked --bench ratios

# The parsers' fuzz targets for longer than `make test` gives them.
fuzz:
	PROPTEST_CASES=$(or $(CASES),20000) cargo test --locked --test portal fuzz

# After any change of SQL or of the migrations.
prepare: postgres
	cargo xtask prepare

postgres:
	@ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || test -n "$$PG_BIN" || command -v postgres >/dev/null || \
	  { $(SUDO) apt-get update -q && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -yq postgresql; }
	@command -v cc >/dev/null || \
	  { $(SUDO) apt-get update -q && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -yq gcc libc6-dev; }

tools: postgres $(AXE)
	@{ command -v chromium && command -v chromedriver && fc-list | grep -q 'CJK' && ls /usr/lib/chromium/locales/zh-CN.pak; } >/dev/null 2>&1 || \
	  { $(SUDO) apt-get update -q && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -yq \
	    chromium chromium-driver chromium-l10n fonts-noto-cjk fontconfig; }

$(AXE):
	@command -v npm >/dev/null || \
	  { $(SUDO) apt-get update -q && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -yq npm; }
	@mkdir -p .tools
	npm install --prefix .tools --ignore-scripts --no-audit --no-fund --loglevel=error axe-core@4.14.1
