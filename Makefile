# SPDX-License-Identifier: Apache-2.0
# The few commands. `make` lists them; CONTRIBUTING.md explains.

help: ## list these
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 8

build: ## the program, optimised
	swift build -c release --product daybook

test: ## every test, with private servers
	ops/test

one: ## some tests, with the same servers: make one TEST=IngestTests.HaltTests
	ops/test --no-lint -- --filter '$(TEST)'

rules: ## the rules of the tree; no server
	swift test --disable-xctest --filter TidyTests

lint: rules ## rules, formatting, scripts, alert rules, dashboards, units, manifests; no server
	ops/test --only-lint

demo: ## from nothing to a cost report
	ops/demo

bench: ## beside psql \copy and Python; needs KAFKA_HOME
	perf/run

.PHONY: help build test one rules lint demo bench
