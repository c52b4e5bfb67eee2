# On a fresh machine (Rust, a C/C++ compiler, make, Debian or Ubuntu's apt):
#
#   make demo      a server and two windows side by side, people chatting
#   make test      every test, those of the window included
#   make install   both programs, for this machine; PREFIX=$HOME/.local for this user
#   make deb       both as Debian packages
#   make bench     the server beside other servers; make bench BENCH=--quick takes a minute, BENCH=--help says more;
#                  make bench BENCH="--against HEAD~1" measures it beside another revision
#   make stress    the tests RUNS times while the processors are kept busy
#   make fuzz      input that nobody thought of, SECONDS for each target
#   make mutants   small faults, in all of the sources or in FILES, and whether a test notices them
#   make docs      the tables in docs/ that are made from the code's
#   make setup     only what building by hand needs: cargo build, cargo run
#
# Each installs what is missing first; .ci/setup says what that is.

SHELL := bash -o pipefail
export PATH := $(or $(XDG_DATA_HOME),$(HOME)/.local/share)/teahouse-build/cmake/bin:$(PATH)

PREFIX ?= /usr/local
RUNS ?= 20

.PHONY: demo test stress fuzz mutants bench pictures docs check release install uninstall deb
.PHONY: setup setup-window setup-test setup-bench setup-deb setup-fuzz

# With a display the windows open on it. Without one the same is played on a display that has no screen, and
# target/demo.png shows it.
demo: $(if $(DISPLAY),setup-window,setup-test)
	cargo build --locked --quiet --workspace --bins --example demo
	cargo run --locked --quiet -p teahouse --example demo

test: setup-test
	cargo build --locked --quiet --workspace --all-targets
	cargo test --locked --workspace 2>&1 | tee target/test.log
	@awk '/^test result:/ { passed += $$4; failed += $$6 } END { print passed " passed, " failed " failed" }' target/test.log

# One failure in any run ends it; target/stress has what each run said.
stress: setup-test
	cargo build --locked --quiet --workspace --all-targets
	@.ci/stress $(RUNS)

# Every target in fuzz/ for so many seconds, or some of them: make fuzz SECONDS=600 TARGETS="masks framing"
SECONDS ?= 60
fuzz: setup-fuzz
	@.ci/fuzz $(SECONDS) $(TARGETS)

# Small faults, in all of the sources or in FILES, and whether a test notices them.
mutants: setup-test
	@cargo build --locked --quiet --release --manifest-path .ci/mutants/Cargo.toml --target-dir target/mutants/tool
	@target/mutants/tool/release/teahouse-mutants $(MUTANTS) $(FILES)

bench: setup-bench
	cargo bench --locked --quiet -p teahouse-server -- $(BENCH)

# The pictures in docs/pictures/, from windows on a display that has no screen; PICTURES="search emoji" makes some of them.
pictures: setup-test
	cargo build --locked --quiet --workspace --bins --example pictures
	cargo run --locked --quiet -p teahouse --example pictures -- $(PICTURES)

# The tables in docs/ that are made from the code's, by the tests that otherwise compare them.
docs: setup-test
	UPDATE_EXPECT=1 cargo test --locked --quiet -p teahouse-server --test docs
	UPDATE_EXPECT=1 cargo test --locked --quiet -p teahouse --test docs

# Formatting, lints and documentation, with every warning an error.
check: setup-test
	cargo fmt --all --check
	cargo clippy --locked --quiet --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --locked --quiet --workspace --no-deps

# Both programs as they are meant to be used; takes minutes.
release: setup-window
	cargo build --locked --quiet --release -p teahouse-server -p teahouse

# "make release && sudo make install" where root has no cargo. DESTDIR is for those who make packages.
install:
	@if command -v cargo >/dev/null; then $(MAKE) --no-print-directory release; fi
	@.ci/install "$(DESTDIR)" "$(PREFIX)"

uninstall:
	@.ci/install --remove "$(DESTDIR)" "$(PREFIX)"

deb: setup-deb
	cargo deb --locked --quiet -p teahouse-server
	cargo deb --locked --quiet -p teahouse
	@ls target/debian/*.deb

setup: setup-window

setup-window:
	@.ci/setup window

setup-test:
	@.ci/setup test

setup-bench:
	@.ci/setup bench

setup-deb:
	@.ci/setup deb

setup-fuzz:
	@.ci/setup fuzz
