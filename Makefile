# Three commands on a fresh machine (Rust, a C/C++ compiler, make, Debian or Ubuntu's apt):
#
#   make demo    a server and two windows side by side, people chatting
#   make test    every test, those of the window included
#   make bench   the server beside other servers; make bench BENCH=--quick takes a minute, BENCH=--help says more
#
# Each installs what is missing first; .ci/setup says what that is.

SHELL := bash -o pipefail
export PATH := $(CURDIR)/target/tools/bin:$(PATH)

.PHONY: demo test bench pictures check setup-window setup-test setup-bench

# With a display the windows open on it. Without one the same is played on a display that has no screen, and
# target/demo.png shows it.
demo: $(if $(DISPLAY),setup-window,setup-test)
	cargo build --locked --quiet --workspace --bins --example demo
	cargo run --locked --quiet -p teahouse --example demo

test: setup-test
	cargo build --locked --quiet --workspace --all-targets
	cargo test --locked --workspace 2>&1 | tee target/test.log
	@awk '/^test result:/ { passed += $$4; failed += $$6 } END { print passed " passed, " failed " failed" }' target/test.log

bench: setup-bench
	cargo bench --locked --quiet -p teahouse-server -- $(BENCH)

# The pictures in docs/pictures/, from windows on a display that has no screen; PICTURES="search emoji" makes some of them.
pictures: setup-test
	cargo build --locked --quiet --workspace --bins --example pictures
	cargo run --locked --quiet -p teahouse --example pictures -- $(PICTURES)

# Formatting, lints and documentation, with every warning an error.
check: setup-test
	cargo fmt --all --check
	cargo clippy --locked --quiet --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --locked --quiet --workspace --no-deps

setup-window:
	@.ci/setup window

setup-test:
	@.ci/setup test

setup-bench:
	@.ci/setup bench
