# What people type. `make` lists it; the work is in server/dev and CMakePresets.json.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
SEEDS ?= 1-2000
STEPS ?= 500
FUZZ_SECONDS ?= 300
SOURCES = $(shell git ls-files '*.cc' '*.h')

.PHONY: help run test test-galera test-kubernetes model-test fuzz fuzz-seconds coverage faults bench bench-full dashboard-picture packages sbom image dist asan tsan ci ci-full format lint tidy dependencies clean

help: ## Lists the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 25
	@echo 'make run takes LISTEN=HOST:PORT, METRICS_LISTEN=HOST:PORT and DATA_DIR=FOLDER; to serve other machines'
	@echo '  TLS_CERT_FILE, TLS_KEY_FILE and TLS_CA_FILE, or ALLOW_PLAINTEXT=true.'
	@echo 'make bench takes BENCH=OPTIONS, and MySQL from INVENTORY_BENCH_MYSQL: tests/bench/README.md.'
	@echo 'make model-test takes SEEDS=FIRST-LAST and STEPS=NUMBER.'
	@echo 'make faults takes FAULTS=OPTIONS: tests/faults/README.md.'
	@echo 'make fuzz takes FUZZ_SECONDS=NUMBER of each target and FUZZ=TARGETS: tests/fuzz/README.md.'

run: dependencies ## Builds the server, starts it on a private database, loads a sample and serves
	@server/dev/build.sh release inventory-server inventory-demo
	@exec server/dev/run.sh build/release

test: dependencies ## Builds and runs all tests that can run here
	@server/dev/build.sh release
	@server/dev/test.sh release

test-galera: ## Runs the integration tests on MariaDB as a Galera cluster of one node
	@server/dev/install-dependencies.sh --ci
	@server/dev/build.sh release
	@INVENTORY_TEST_DATABASE_SERVER="$$(server/dev/galera.sh)" server/dev/test.sh release --tests-regex '^integration$$'

test-kubernetes: ## Installs the Helm chart into a real kube-apiserver, upgrades it, tests it and rolls it back
	@server/dev/install-dependencies.sh --ci
	@server/dev/build.sh release inventory-server inventoryctl
	@tests/helm/kubernetes_test.py build/release

model-test: dependencies ## Compares the rules with their model for a million random commands
	@server/dev/build.sh release unit_tests
	@INVENTORY_MODEL_SEEDS=$(SEEDS) INVENTORY_MODEL_STEPS=$(STEPS) INVENTORY_MODEL_SECONDS=1800 \
	  build/release/tests/unit_tests --gtest_filter='ModelTest.*'

fuzz: ## Looks for inputs that break parsers, validators and rules, five minutes for each target
	@server/dev/install-dependencies.sh --ci
	@server/dev/build.sh fuzz fuzzers
	@server/dev/fuzz.sh build/fuzz $(FUZZ_SECONDS) $(FUZZ)

coverage: ## Runs the tests and says which lines of the code they have run; the report goes to build/coverage
	@server/dev/install-dependencies.sh --ci
	@server/dev/build.sh coverage
	@find build/coverage -name '*.gcda' -delete
	@server/dev/test.sh coverage --tests-regex '^(unit|integration|cli|client|client_attention)$$'
	@server/dev/coverage.sh

faults: dependencies ## Breaks the service in every way it must stand, 50 times each, in under an hour
	@server/dev/build.sh release inventory-server inventory_faults
	@exec build/release/tests/faults/inventory_faults --jobs=3 --output=build/faults $(FAULTS)

bench: dependencies ## Builds and runs the benchmark, in under ten minutes; charts go to build/bench
	@server/dev/build.sh release inventory-server inventory_bench
	@exec build/release/tests/bench/inventory_bench --output=build/bench $(BENCH)

bench-full: ## The same with more rounds and with tables of 10 million movements, in under forty
	@$(MAKE) bench BENCH='--full $(BENCH)'

dashboard-picture: dependencies ## Draws server/dashboard.svg: what Prometheus sees of a server under load for three minutes
	@server/dev/build.sh release inventory-server inventoryctl
	@tests/prometheus/picture.sh build/release server/dashboard.svg

packages: ## Builds the Debian packages, into build/packages
	@server/dev/install-dependencies.sh --tracing
	@server/dev/build.sh release inventory-server inventory_client inventory_protoset inventory_sbom inventoryctl_texts
	@SOURCE_DATE_EPOCH="$${SOURCE_DATE_EPOCH:-$$(server/dev/version.sh --epoch)}" cpack --config build/release/CPackConfig.cmake -B build/packages
	@rm -rf build/packages/_CPack_Packages

sbom: dependencies ## Lists what the programs are linked with, as SPDX, in build/release/server/dist/*.spdx.json
	@server/dev/build.sh release inventory_sbom
	@ls build/release/server/dist/*.spdx.json

image: ## Builds the container image inventory:VERSION, with docker, podman or buildah
	@server/dev/image.sh

dist: ## Packs the source of the last commit into build/inventory-VERSION.tar.gz
	@server/dev/dist.sh

asan: dependencies ## Runs unit and integration tests and fuzz targets under AddressSanitizer and UndefinedBehaviorSanitizer
	@server/dev/build.sh asan inventory-server unit_tests integration_tests fuzz_replay
	@server/dev/test.sh asan --tests-regex '^(unit|integration|fuzz_replay)$$'

# Not the client library and inventoryctl: what they wait by are Debian's Abseil and gRPC, whose locks ThreadSanitizer
# does not see, so that it reports what they keep in order.
tsan: dependencies ## Runs what starts no gRPC server under ThreadSanitizer: rules, pipeline, storage, tools of tests, fuzz
	@server/dev/build.sh tsan unit_tests database_tests bench_tests faults_tests fuzz_replay
	@server/dev/test.sh tsan --tests-regex '^(unit|database|bench|faults_unit|fuzz_replay)$$'

ci: ## Does what must pass before a change lands
	@.ci/run

ci-full: ci tsan tidy coverage fuzz-seconds test-galera test-kubernetes ## The same, and everything slower
	@server/dev/test.sh release --exclude-regex '^(unit|package_.*|helm_.*|release_.*|container)$$' --repeat until-fail:5

fuzz-seconds:
	@server/dev/install-dependencies.sh --ci
	@server/dev/build.sh fuzz fuzzers
	@server/dev/test.sh fuzz --tests-regex '^fuzz$$'

format: ## Formats the C++ code
	@server/dev/install-dependencies.sh --ci
	@clang-format -i $(SOURCES)

lint: ## Checks format, layers and locking of the C++ code, and the protos
	@server/dev/install-dependencies.sh --ci
	@server/dev/lint.sh

tidy: ## Runs clang-tidy and cppcheck
	@server/dev/install-dependencies.sh --ci
	@server/dev/tidy.sh

dependencies: ## Installs the Debian packages that are missing
	@server/dev/install-dependencies.sh

clean: ## Removes what was built, not the data
	@rm -rf build
