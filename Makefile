# One command for each thing that a person or CI does here. `make` lists them.
#
# Go's build cache makes repeated runs cheap, so no target has files of its own except the two with node_modules.

# The modules of this repository, as far as they exist. Code is what lint covers; the others have pinned tools.
CODE_MODULES := $(patsubst %/go.mod,%,$(wildcard $(addsuffix /go.mod,. specdiff test/e2e test/consumer test/bench test/browser tools examples/otelhttp examples/storefront examples/cart)))
MODULES := $(CODE_MODULES) tools/lint

# The linter's own module, so that its requirements don't change those of the generator.
GOLANGCI := go tool -modfile=$(CURDIR)/tools/lint/go.mod golangci-lint

OPENAPI_LINT := tools/openapi-lint
# No usage is reported, and no newer version is looked for.
REDOCLY := REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true $(OPENAPI_LINT)/node_modules/.bin/redocly

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: check
check: ## what to run before a commit, in about a minute: house rules, build, vet, lint of what changed, unit tests
	$(MAKE) house
	@set -e; for m in $(CODE_MODULES); do echo "go build, vet: $$m"; go -C $$m build -o /dev/null ./...; go -C $$m vet ./...; done
	tools/lint-changed.sh
	@set -e; for m in $(TESTED); do echo "go test: $$m"; go -C $$m test -vet=off ./...; done

.PHONY: ci
ci: ## all that CI runs, in about half an hour
	.ci/run

.PHONY: generate
generate: ## make package api from openapi.yaml
	go generate ./...

.PHONY: check-generated
check-generated: ## fail if generated code or a go.mod is not what it would be made into now
	tools/check-generated.sh
	@printf '%s\n' $(MODULES) | xargs -P 4 -I '{}' go -C '{}' mod tidy -diff || { echo "run make tidy" >&2; exit 1; }

# The modules whose tests need no backend. Those of test/ have targets of their own.
TESTED := . specdiff tools examples/otelhttp examples/storefront examples/cart

.PHONY: test
test: ## unit tests, under the race detector where goroutines meet; needs only Go and a C compiler
	go test -race -timeout 20m ./...
	go -C examples/otelhttp test -race ./...
	go -C examples/storefront test -race ./...
	go -C examples/cart test -race ./...
	go -C specdiff test ./...
	go -C tools test ./...

FUZZTIME ?= 2m
# The packages of this module that have fuzz targets.
FUZZED = $(sort $(dir $(shell git grep -l '^func Fuzz' -- 'api/*_test.go' 'customers/*_test.go' 'cmd/*_test.go')))
.PHONY: fuzz
fuzz: ## fuzz each target for FUZZTIME (2m unless set) and print its executions
	tools/fuzz.sh $(FUZZTIME) $(FUZZED)

SOAK ?= 2m
CUSTOMERS ?= 10000
.PHONY: soak
soak: ## CUSTOMERS (10000) over one client against a faulty server for SOAK (2m), with figures
	go test -count=1 -timeout 30m -run '^TestSoak$$' -v ./customers -soak=$(SOAK) -soak.customers=$(CUSTOMERS)

.PHONY: lint
lint: lint-go lint-openapi ## both linters

.PHONY: lint-go
lint-go: ## golangci-lint over every module, formatting included
	@code=0; for m in $(CODE_MODULES); do echo "golangci-lint run: $$m"; (cd $$m && $(GOLANGCI) run --allow-parallel-runners ./...) || code=1; done; exit $$code

.PHONY: lint-openapi
lint-openapi: $(OPENAPI_LINT)/node_modules/.package-lock.json ## redocly over openapi.yaml
	$(REDOCLY) lint --config $(OPENAPI_LINT)/redocly.yaml --format stylish openapi.yaml

# npm ci writes this file last, so it stands for the whole installation.
$(OPENAPI_LINT)/node_modules/.package-lock.json: $(OPENAPI_LINT)/package.json $(OPENAPI_LINT)/package-lock.json
	npm ci --prefix $(OPENAPI_LINT)
	@touch $@

.PHONY: house
house: cycles glossary check-api ## what this project asks of its own code: cycles, glossary, exported API

.PHONY: cycles
cycles: ## fail if files of a package form a cycle that tools/cycles/allowed.txt does not allow
	go -C tools run ./cycles .. ./...

.PHONY: glossary
glossary: ## fail on words that this project does not use; tools/glossary/words.go lists them
	go -C tools run ./glossary ..

API := ./api ./customers ./customers/customerstest
.PHONY: api
api: ## write the exported API into test/api, where a change of it is seen in review
	go -C tools run ./api .. ../test/api $(API)

.PHONY: check-api
check-api: ## fail if the exported API is not what test/api has
	go -C tools run ./api -check .. ../test/api $(API)

.PHONY: format
format: ## gofmt and goimports over every module
	@set -e; for m in $(CODE_MODULES); do (cd $$m && $(GOLANGCI) fmt ./...); done

.PHONY: tidy
tidy: ## go mod tidy in every module
	@set -e; for m in $(MODULES); do echo "go -C $$m mod tidy"; go -C $$m mod tidy; done

.PHONY: consumer
consumer: ## compile and test a module that imports this one, and show what importing costs it
	go -C test/consumer vet ./...
	go -C test/consumer test -race -count=1 -v ./...

ROUNDS ?= 20
TOOLCHAINS ?= local,go1.27.3
.PHONY: bench
bench: ## time and memory beside net/http by hand, the JS client and others, in turns; writes docs/performance.md in eight minutes
	go -C test/bench run ./report -backend -document -rounds $(ROUNDS) -toolchains $(TOOLCHAINS)

.PHONY: bench-quick
bench-quick: ## a first look at the same ratios: no backend, fewer turns, nothing documented
	go -C test/bench run ./report -rounds 5

.PHONY: guard
guard: ## fail if a call allocates more, or a session is larger, than it was; counts only, so any machine will do
	go -C test/bench test -count=1 -v ./...

.PHONY: backend
backend: ## start the real Medusa backend with its database; Ctrl-C stops it
	node test/e2e/backend/start.mjs

.PHONY: prepare
prepare: ## install the real backend and make its seeded database, which the first use does otherwise
	node test/e2e/backend/start.mjs --prepare

# The tests in which goroutines meet, which therefore also run under the race detector.
RACES := AtOnce|OneSharedClient|AfterAPause|InAnotherProcess|WhileOrders
.PHONY: e2e
e2e: ## the suites that need the real backend; one start of it serves all
	tools/install-browser.sh redis-server
	node test/e2e/backend/start.mjs --exec sh -ec 'go -C test/e2e test -p 1 -count=1 -timeout 30m -v . ./compat ./internal/... ./specdiff; \
		go -C test/e2e test -short -count=1 -v ./settings; \
		go -C test/e2e test -race -count=1 -timeout 10m -v -run "$(RACES)" .' # -p 1, as packages share the backend; -short, as make compat has the rest of the settings; -v, as they print coverage of the contract

BROWSER := test/browser
.PHONY: storefront-test
storefront-test: $(BROWSER)/node_modules/.package-lock.json ## the storefront in Chromium, on the backend in memory and the real one, and the page of specdiff
	tools/install-browser.sh
	go -C $(BROWSER) test -count=1 ./specdiff
	node test/e2e/backend/start.mjs --exec go -C $(BROWSER) test -count=1 -timeout 15m -v .

.PHONY: screenshots
screenshots: ## make the pictures of the storefront and of specdiff's page in docs/images anew
	tools/install-browser.sh
	go -C $(BROWSER) test -count=1 -run '^TestScreenshot$$' ./specdiff -args -screenshots $(CURDIR)/docs/images
	go -C $(BROWSER) test -count=1 -run '^TestScreenshots$$' . -args -screenshots $(CURDIR)/docs/images

$(BROWSER)/node_modules/.package-lock.json: $(BROWSER)/package.json $(BROWSER)/package-lock.json
	npm ci --prefix $(BROWSER)
	@touch $@

# The versions of Medusa that compat runs. Those but the first have folders in test/e2e/backend/versions.
VERSIONS ?= 1.20.11 1.20.4 1.20.0 1.19.0 1.18.1 1.17.4 1.16.1 1.12.3 1.8.2
.PHONY: compat
compat: ## run the client on each version of Medusa in VERSIONS, one after the other, and print what each took
	tools/install-browser.sh redis-server
	@test/e2e/compat/run.sh $(VERSIONS)

.PHONY: compat-document
compat-document: ## write docs/compatibility.md from what the tests of test/e2e/compat say
	go -C test/e2e run ./compat/write ../../docs/compatibility.md

# More flags of specdiff, such as -format markdown or -all.
DIFFFLAGS ?=
# What the backend did in the last `make diff`.
RECORD ?= bin/backend.har.gz
.PHONY: diff
diff: ## where contract, published document and running backend disagree, and who is wrong
	go -C specdiff build -o "$(CURDIR)/bin/specdiff" ./cmd/specdiff
	node test/e2e/backend/start.mjs --exec sh -c 'printf %s "$$BACKEND_JSON" | bin/specdiff -setup - -spec openapi.yaml \
		-package test/e2e/backend/node_modules/@medusajs/medusa -accepted specdiff/accepted.yaml -floor default -record $(RECORD) $(DIFFFLAGS)'

.PHONY: diff-replay
diff-replay: ## the same on the record of the last `make diff`, in a second and without Node
	@test -f $(RECORD) || { echo "there is no $(RECORD) yet: run make diff, or set RECORD" >&2; exit 1; }
	go -C specdiff build -o "$(CURDIR)/bin/specdiff" ./cmd/specdiff
	bin/specdiff -replay $(RECORD) -spec openapi.yaml -accepted specdiff/accepted.yaml -floor default $(DIFFFLAGS)

.PHONY: diff-score
diff-score: ## how many edits of the contract and changes of responses specdiff finds, by kind, from the same record
	RECORD=$(abspath $(RECORD)) go -C test/e2e test -count=1 -v -run "TestEdits|TestEveryTampered" ./specdiff

.PHONY: diff-memory
diff-memory: ## the same for the backend in memory, which needs neither Node nor a database
	go -C test/e2e test -count=1 -v ./inmemory

.PHONY: demo
demo: ## the whole journey, printed; needs only Go, or BACKEND=url for a backend of yours
	BACKEND=$(BACKEND) go run ./examples/journey

# More flags of the storefront, such as -sessions memory or -backend http://localhost:9000.
FLAGS ?=
.PHONY: storefront
storefront: ## a shop's account pages at http://localhost:8080, with customers to log in as; needs only Go
	go -C examples/storefront run . $(FLAGS)

.PHONY: cart
cart: ## a customer's cart, by a client that is generated for it; needs only Go, or BACKEND=url for a backend of yours
	BACKEND=$(BACKEND) go -C examples/cart run .

.PHONY: module
module: ## rename the module: make module MODULE=git.example.com/you/customers-go
	@test -n "$(MODULE)" || { echo "usage: make module MODULE=git.example.com/you/customers-go" >&2; exit 2; }
	go -C tools run ./rename .. "$(MODULE)"
	$(MAKE) tidy
	@set -e; for m in $(CODE_MODULES); do echo "go -C $$m vet ./..."; go -C $$m vet ./...; done
