# make run     builds the program for release, and starts it
# make test    runs all tests
# make check   what a change has to pass: format, lint, tests (the import rule is one of them), scenarios, and some seeds
# make seeds   runs the shop COUNT times with random faults and crashes, and checks what must hold
# make scenarios plays every scenario that is shipped, and says which did not come out as it should
# make torture kills a process that writes to a log on disk, COUNT times, and checks what the log has kept
# make fuzz    gives what reads bytes from outside bytes that a fuzzer makes up, each decoder for MINUTES, or TARGET alone
# make messages generates the code of the .proto files; it needs protoc and swift-protobuf's protoc-gen-swift in the PATH
# make setup   installs the system packages that are missing; the others call it

PACKAGES = libncurses-dev libsqlite3-dev zlib1g-dev pkg-config
TEST_PACKAGES = tmux
SWIFT = swift
SHELL = /bin/bash
# With Swift's own libraries inside, where the toolchain has them for that: the program then runs on machines without
# Swift, and the calls into them are shorter.
STATIC = $(if $(wildcard $(dir $(realpath $(shell command -v $(SWIFT))))../lib/swift_static),--static-swift-stdlib)
# What is built in beside the program's own: gRPC, for OpenTelemetry's exporters that speak nothing else.
TRAITS = --traits GRPC
BUILD = $(SWIFT) build -c release --product msatop $(STATIC) $(TRAITS)
# Optimised, because the slow ones play minutes of the whole shop, and module by module, which takes half as long as file by
# file: in a build of their own, so that both stay warm.
TEST_BUILD = -Xswiftc -O -Xswiftc -whole-module-optimization -Xswiftc -num-threads -Xswiftc $(PROCESSORS) \
  --scratch-path .build/tests $(TRAITS)
PROCESSORS = $(shell getconf _NPROCESSORS_ONLN)
# One test more at a time than there are processors: what waits for a terminal leaves room, and nothing waits for long.
AT_A_TIME = SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$$(($(PROCESSORS) + 1))
# What has failed among thousands of lines stands at their end once more.
TOLD = .build/tests.txt
TEST = $(SWIFT) build --build-tests $(TEST_BUILD) && set -o pipefail && \
  if $(AT_A_TIME) $(SWIFT) test --skip-build $(TEST_BUILD) $(ARGS) 2>&1 | tee $(TOLD); then :; else \
    printf '\nWhat has failed, of all that stands in $(TOLD):\n'; \
    grep -A 4 -E ' recorded an issue|(^|: )error: |Fatal error| crashed:$$' $(TOLD) | grep -v -e ' started\.$$' -e ' passed after '; \
    exit 1; fi
ARGS =
COUNT = 300
MINUTES = 10
TARGET =

.PHONY: run build test check scenarios seeds torture fuzz messages setup setup-tests format

run: build
	@exec "$$($(BUILD) --show-bin-path)/msatop" $(ARGS)

build: setup
	@if [ ! -x .build/release/msatop ]; then \
	  echo "The first build compiles everything msatop stands on: 3 to 8 minutes on 2 cores. After that it takes seconds."; fi
	@$(BUILD)

test: setup setup-tests
	@$(TEST)

check: setup setup-tests
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests
	@$(BUILD)
	@$(TEST)
	@$(MAKE) --no-print-directory scenarios
	@"$$($(BUILD) --show-bin-path)/msatop" simulate --seeds 1..100 --chaos

seeds: build
	@"$$($(BUILD) --show-bin-path)/msatop" simulate --seeds 1..$(COUNT) --chaos $(ARGS)

# Two at a time; what a run has to say is shown where it failed.
scenarios: build
	@program="$$($(BUILD) --show-bin-path)/msatop"; \
	ls Sources/Shop/Scenarios | sed -n 's/\.yaml$$//p' | xargs -P 2 -I NAME sh -c \
	  'if told=$$("$$0" simulate --scenario NAME 2>&1); then echo "ok      NAME"; \
	   else printf "%s\nFAILED  NAME\n" "$$told"; exit 1; fi' "$$program"

torture: setup
	$(SWIFT) build -c release --product log-torture $(STATIC) $(TRAITS)
	@"$$($(BUILD) --show-bin-path)/log-torture" full
	@"$$($(BUILD) --show-bin-path)/log-torture" run --count $(COUNT)

# In a build of its own, in which all modules tell the fuzzer what they do. What it learns stays in .build/fuzz/bodies; a body
# that breaks a decoder is kept in .build/fuzz/found, and ends the run of that decoder: fuzz DECODER FILE runs it again.
# Of several sanitizers the compiler follows the one that is named last, and the order of the two is by chance: both are named
# together once more.
FUZZ = MSATOP_FUZZ=1 $(SWIFT) build --sanitize fuzzer --sanitize address -Xswiftc -sanitize=fuzzer,address -Xswiftc -O \
  -Xswiftc -assert-config -Xswiftc Debug --scratch-path .build/fuzz
fuzz: setup
	@$(FUZZ) --product fuzz
	@program="$$($(FUZZ) --show-bin-path)/fuzz"; status=0; mkdir -p .build/fuzz/found; \
	for decoder in $(or $(TARGET),$$("$$program" --list)); do \
	  bodies=".build/fuzz/bodies/$$decoder"; echo "$$decoder, $(MINUTES) min"; \
	  "$$program" --seeds $$decoder "$$bodies" && SWIFT_BACKTRACE=enable=no nice -n 19 "$$program" $$decoder \
	    -max_total_time=$$(($(MINUTES) * 60)) -timeout=10 -rss_limit_mb=2048 -max_len=4096 -print_final_stats=1 \
	    -artifact_prefix=.build/fuzz/found/$$decoder- "$$bodies" >.build/fuzz/$$decoder.log 2>&1 || status=1; \
	  tail -n 12 .build/fuzz/$$decoder.log | grep -E "^(stat::number|SUMMARY|Done|Test unit)"; \
	done; exit $$status

# Of each module with messages: its folder is the root of its .proto files.
MESSAGES = Sources/ShopMessages Sources/OTLPMessages
PROTOC = protoc
messages:
	@for folder in $(MESSAGES); do \
	  $(PROTOC) --proto_path=$$folder --swift_out=$$folder/Generated --swift_opt=FileNaming=DropPath \
	    --swift_opt=Visibility=Public --swift_opt=UseAccessLevelOnImports=true $$(find $$folder -name '*.proto') || exit 1; \
	done

format:
	$(SWIFT) format format --in-place --recursive Package.swift Sources Tests

setup:
	@$(call install,$(PACKAGES))

setup-tests:
	@$(call install,$(TEST_PACKAGES))

# Installs what dpkg does not know, and says which it is where that cannot be done.
define install
missing=""; \
for package in $(1); do \
  dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
done; \
if [ -n "$$missing" ]; then \
  if ! command -v apt-get >/dev/null; then \
    echo "This is no Debian. Install what your system calls:$$missing (then run make again)"; \
    [ -n "$(SKIP_SETUP)" ] || { echo "or set SKIP_SETUP=1 if you have them"; exit 1; }; \
  else \
    sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo; \
    echo "Installing:$$missing"; \
    $$sudo apt-get install -y -qq $$missing >/dev/null || { $$sudo apt-get update -qq && $$sudo apt-get install -y -qq $$missing >/dev/null; }; \
  fi; \
fi
endef
