# kihon. Two commands do everything: make start, make test.

# Where Go is put by its own installation; root's PATH has it seldom.
export PATH := $(PATH):/usr/local/go/bin

version := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
commit := $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)

# The version comes from here, so Go need not ask git, which refuses to speak
# of a checkout that belongs to somebody else.
build_flags := -trimpath -buildvcs=false -ldflags '-X main.version=$(version) -X main.commit=$(commit)'

.PHONY: help build engine start test bench lint generate clean go

help: ## show this list
	@sed -n 's/^\([a-z]*\):[^#]*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

start: go ## set up what is missing (engine, program, images) and start learning
	@scripts/start

test: go ## set up what is missing and run every kind of test; FULL=1 adds the long rounds
	@scripts/engine scripts/test

build: go ## make bin/kihon and bin/kihon-prompt
	CGO_ENABLED=0 go build $(build_flags) -o bin/ ./cmd/kihon ./cmd/kihon-prompt

engine: ## make sure that a Docker engine answers; install and start one if need be
	@scripts/engine

lint: go ## what reads the code without running it: format, vet, staticcheck, shellcheck
	@scripts/test lint

generate: go ## make the generated files anew
	go generate ./...

bench: go ## measure, and write docs/benchmarks.md
	@scripts/engine scripts/bench

clean: ## remove what was built here; what kihon made elsewhere: kihon sandbox clean
	rm -rf bin

go:
	@command -v go >/dev/null || { echo 'Go is missing: install Go 1.25 or later, then run this again.' >&2; exit 1; }
