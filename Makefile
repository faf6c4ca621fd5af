# Stele: the one Makefile (GNU make, no recursion).
#
#   make                 both programs and every library, profile debug
#   make test            build and run the unit tests   (FLOOR=ledger for one floor, T=word to filter)
#   make syntax          what the compiler (CC=gcc or clang) warns of in every source; builds nothing
#   make sim             the simulator program          build/<profile>/sim
#   make sim-real        the same with real signatures and LMDB, build/<profile>/sim-real
#   make twins           two nodes with one key          build/<profile>/twins
#   make model           the ledger's side of the comparison with the model, tests/model/run.py
#   make verdicts        the verdicts of this verifier, one line for each receipt
#   make differential    the three verifiers of receipts against each other, INPUTS=1000000 of SEED=1
#   make bench           what the release build can do on this machine: at most 15 minutes, build/bench/
#   make fuzz            replay the fuzz corpora; with PROFILE=fuzz run each target FUZZ_SECONDS
#   make help            the whole list
#
# PROFILE=debug|release|asan|tsan|fuzz|mutants|coverage chooses flags; everything lands in
# build/<profile>/ (with clang: build/<profile>-clang/), generated protobuf code in build/gen/.  WERROR=0
# lets warnings pass, V=1 shows whole commands.
#
# How it is organised.  Sources are found by wildcard, a new file needs no line here.  Every floor is one
# static library; a program names the libraries from its own floor downwards, in that order and without
# groups, so an upward call does not even link.  Link seams: the real implementations live in *_uv.c,
# *_lmdb.c, *_ossl.c, *_secp.c, each an object of its own inside its floor's library; the simulator puts
# its own objects first on the command line and the real ones are then never pulled in.
# Tests: tests/unit/<floor>/test_*.c is one program each, linked with tests/lib/*.c, the other .c files
# of its folder, and the floor's libraries; in tests/unit/sim/ also with tests/sim/*.c except main.c,
# in tests/unit/twins/ with the dramas of tests/twins.
# tests/bench/*.c, tests/model/*.c and tests/fuzz/fuzz_*.c are one program each.  Targets of campaigns
# and mutants are added at the end, next to the script they call.

MAKEFLAGS += --no-builtin-rules --no-builtin-variables
SHELL     := /bin/bash
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:

VERSION := 0.1.0
# what is measured is the release build
ifneq ($(filter bench bench-growth bench-validators,$(MAKECMDGOALS)),)
PROFILE := release
endif
PROFILE ?= debug
FUZZ_SECONDS ?= 20
TEST_JOBS ?= 2

# ---- compiler and flags -----------------------------------------------------------------------------
ifeq ($(PROFILE),fuzz)
CC := clang
endif
CC  ?= gcc
AR  ?= ar
ifeq ($(origin CC),default)
CC := gcc
endif
ifeq ($(origin AR),default)
AR := ar
endif
CC := $(if $(CC),$(CC),gcc)
AR := $(if $(AR),$(AR),ar)

is_clang := $(findstring clang,$(notdir $(CC)))
OUT ?= build/$(PROFILE)$(if $(is_clang),$(if $(filter fuzz,$(PROFILE)),,-clang))
GEN := build/gen

flags_debug   := -O1 -g3 -fno-omit-frame-pointer
flags_release := -O2 -g -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE -fno-plt \
                 -fstack-clash-protection -fcf-protection
flags_asan    := -O1 -g1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
flags_tsan    := -O1 -g -fno-omit-frame-pointer -fsanitize=thread
flags_fuzz    := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined \
                 -fno-sanitize-recover=all
flags_mutants := -O2 -g1 -DSTELE_MUTANTS
flags_coverage := -O0 -g --coverage -fprofile-update=atomic
link_release  := -pie -Wl,-z,relro,-z,now
link_asan     := -fsanitize=address,undefined
link_tsan     := -fsanitize=thread
link_fuzz     := -fsanitize=address,undefined
link_coverage := --coverage

ifeq ($(flags_$(PROFILE)),)
$(error no profile "$(PROFILE)": choose debug, release, asan, tsan, fuzz, mutants or coverage)
endif

WERROR ?= $(if $(filter release,$(PROFILE)),0,1)
warnings := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wswitch-enum -Wmissing-prototypes \
            -Wstrict-prototypes -Wvla
# what sanitizers weave in confuses some warnings; debug, release and mutants are where they are judged
ifneq ($(filter asan tsan fuzz,$(PROFILE)),)
warnings := -Wall
WERROR   := 0
endif
werror := $(if $(filter 1,$(WERROR)),-Werror)

LLHTTP_SRC := /usr/share/llhttp
LLHTTP_INC := /usr/share/include/llhttp
packages   := libuv lmdb libsecp256k1 openssl libprotobuf-c jansson libconfuse smartcols
pkg_cflags := $(shell pkg-config --cflags $(packages))
pkg_libs   := $(shell pkg-config --libs $(packages))
check_libs := $(shell pkg-config --libs check)

CPPFLAGS := -D_GNU_SOURCE -DSTELE_VERSION='"$(VERSION)"' -DLLHTTP_STRICT_MODE=1 -I. -I$(GEN) \
            -isystem $(LLHTTP_INC) $(patsubst -I%,-isystem %,$(pkg_cflags))
CFLAGS   := -std=c17 -pthread $(flags_$(PROFILE))
LDFLAGS  := -pthread $(link_$(PROFILE)) -Wl,--as-needed
LDLIBS   := $(pkg_libs) -lm

# V=1 shows whole commands
say = $(if $(V),,@echo '  $(1)  $(2)';)

# ---- sources ------------------------------------------------------------------------------------------
mains := node/main.c clients/cli/main.c
src_base      := $(wildcard base/*.c)
src_crypto    := $(wildcard crypto/*.c)
src_proto     := $(wildcard proto/*.c)
src_proofs    := $(wildcard proofs/*.c proofs/*/*.c)
src_consensus := $(wildcard consensus/*.c)
src_ledger    := $(wildcard ledger/*.c ledger/apply/*.c)
src_p2p       := $(wildcard p2p/*.c)
src_node      := $(filter-out $(mains),$(wildcard node/*.c node/api/*.c))
src_cli       := $(filter-out $(mains),$(wildcard clients/cli/*.c clients/cli/bench/*.c))
src_testlib   := $(filter-out tests/lib/fuzz_replay.c,$(wildcard tests/lib/*.c))
src_sim       := $(wildcard tests/sim/*.c)
src_simreal   := $(wildcard tests/sim/real/*.c)
src_twins     := $(wildcard tests/twins/*.c)
src_unit      := $(wildcard tests/unit/*/test_*.c)
src_unitlib   := $(filter-out $(src_unit),$(wildcard tests/unit/*/*.c))
src_bench     := $(wildcard tests/bench/*.c)
src_model     := $(wildcard tests/model/*.c tests/cluster/*.c)
src_diff      := $(wildcard tests/differential/*.c)
src_crash     := $(wildcard tests/crash/*.c tests/bench/shim/*.c)
src_fuzz      := $(wildcard tests/fuzz/fuzz_*.c)
src_fuzzlib   := $(filter-out $(src_fuzz),$(wildcard tests/fuzz/*.c))
protos        := $(wildcard proto/*.proto)
embedded      := $(patsubst %,$(GEN)/%.inc,$(wildcard clients/cli/*.sh clients/cli/*.txt)) \
                 $(GEN)/docs/ledger.md.rules.inc
pb_c          := $(protos:%.proto=$(GEN)/%.pb-c.c)
pb_h          := $(pb_c:.c=.h)

floors := base crypto proto proofs consensus ledger p2p node cli
obj     = $(patsubst %.c,$(OUT)/obj/%.o,$(1))
obj_sim := $(call obj,$(src_sim))
obj_gen := $(patsubst $(GEN)/%.c,$(OUT)/obj/gen/%.o,$(pb_c))
# fuzzing looks inside protobuf-c too: its source, from scripts/bootstrap --fuzz, takes the library's place
ifeq ($(PROFILE),fuzz)
pbc_c := $(wildcard build/protobuf-c/protobuf-c-*/protobuf-c/protobuf-c.c)
ifeq ($(pbc_c),)
$(error the fuzz profile needs the source of protobuf-c: scripts/bootstrap --fuzz)
endif
obj_pbc := $(OUT)/obj/protobuf-c.o
LDLIBS  := $(filter-out -lprotobuf-c,$(LDLIBS))
endif
obj_llhttp := $(addprefix $(OUT)/obj/llhttp/,api.o http.o llhttp.o)

# ---- which libraries a floor may see, top first ---------------------------------------------------------
lib = $(patsubst %,$(OUT)/lib%.a,$(1))
below_base      := base
below_crypto    := crypto $(below_base)
below_proto     := proto gen $(below_crypto)
below_consensus := consensus $(below_proto)
below_proofs    := proofs $(below_proto)
below_ledger    := ledger $(below_proofs)
below_p2p       := p2p $(below_proto)
below_node      := node consensus ledger p2p llhttp $(below_proofs)
below_cli       := cli $(below_node)
below_all       := $(below_cli)
below_sim       := $(below_node)
below           = $(call lib,$(or $(below_$(1)),$(below_all)))

# ---- programs -------------------------------------------------------------------------------------------
programs := $(if $(wildcard node/main.c),$(OUT)/steled)
programs += $(if $(wildcard clients/cli/main.c),$(OUT)/stele)
sim      := $(if $(src_sim),$(OUT)/sim)
unit     := $(patsubst %.c,$(OUT)/%,$(src_unit))
bench    := $(patsubst %.c,$(OUT)/%,$(src_bench))
path_shim := $(OUT)/tests/bench/shim/path_shim.so
model    := $(patsubst %.c,$(OUT)/%,$(src_model))
verdicts := $(patsubst %.c,$(OUT)/%,$(src_diff))
crash    := $(addprefix $(OUT)/tests/crash/,workload crash_states fail_at_n flips)
crash    += $(addprefix $(OUT)/tests/crash/,trace_shim.so fail_shim.so)
fuzzers  := $(patsubst %.c,$(OUT)/%,$(src_fuzz))
chosen   := $(if $(FLOOR),$(filter $(OUT)/tests/unit/$(FLOOR)/%,$(unit)),$(unit))
chosen   := $(if $(T),$(foreach u,$(chosen),$(if $(findstring $(T),$(u)),$(u))),$(chosen))

.PHONY: crash campaign mutants coverage all libs test units sim sim-real twins model fuzz fuzzers
.PHONY: bench bench-growth bench-validators benches tidy check verdicts differential
.PHONY: install clean
.PHONY: help generated
.PHONY: print-cppflags FORCE
all: libs $(programs)
libs: $(call lib,$(floors) gen llhttp)
generated: $(pb_h) $(embedded)
print-cppflags:
	@echo '$(subst ','\'',$(CPPFLAGS))'
sim: $(sim)
sim-real: $(OUT)/sim-real
twins: $(OUT)/twins
units: $(chosen)
model: $(model)
verdicts: $(verdicts)
fuzzers: $(fuzzers)
benches: $(bench) $(path_shim)
crash: $(crash)

$(OUT)/steled: $(call obj,node/main.c) $(call lib,$(below_node))
	$(call say,LD,$@)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(OUT)/stele: $(call obj,clients/cli/main.c) $(call lib,$(below_cli))
	$(call say,LD,$@)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(OUT)/sim: $(obj_sim) $(call lib,testlib $(below_sim))
	$(call say,LD,$@)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# the seams of disk and signatures lead to the real ones, whose writes are watched
sim_wraps := -Wl,--wrap=store_write_begin,--wrap=store_put,--wrap=store_commit \
             -Wl,--wrap=store_abort,--wrap=store_disk_free
$(OUT)/sim-real: $(call obj,$(src_simreal) $(filter-out %/store_sim.c %/sign_stub.c,$(src_sim))) \
    $(call lib,testlib $(below_sim))
	$(call say,LD,$@)$(CC) $(LDFLAGS) $(sim_wraps) -o $@ $^ $(LDLIBS)

# the same simulator where certificates go whole to all of up to N validators, and above are announced
$(OUT)/obj/relay-%.o: consensus/relay.c $(OUT)/flags | $(pb_h)
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(CPPFLAGS) -DRELAY_ALL_MAX=$*u $(CFLAGS) $(warnings) $(werror) \
	    -MMD -MP -c -o $@ $<
$(OUT)/sim-relay-%: $(obj_sim) $(OUT)/obj/relay-%.o $(call lib,testlib $(below_sim))
	$(call say,LD,$@)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# the twins' own course and leaders stand in for the scenes and for consensus/rotation.c
$(OUT)/twins: $(call obj,$(src_twins) $(filter-out %/main.c %/course.c,$(src_sim))) \
    $(call lib,testlib $(below_sim))
	$(call say,LD,$@)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# one rule per unit test: its floor is the name of its folder
define unit_program
$(OUT)/$(1:.c=): $(call obj,$(1)) \
    $(call obj,$(filter $(dir $(1))%,$(src_unitlib))) \
    $(if $(filter tests/unit/sim/%,$(1)),$(filter-out %/main.o,$(obj_sim))) \
    $(if $(filter tests/unit/twins/%,$(1)),$(call obj,tests/twins/drama.c)) \
    $(call lib,testlib) $(call below,$(notdir $(patsubst %/,%,$(dir $(1)))))
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)$$(CC) $$(LDFLAGS) -o $$@ $$^ $$(LDLIBS) $$(check_libs)
endef
$(foreach s,$(src_unit),$(eval $(call unit_program,$(s))))

$(bench): $(OUT)/%: $(OUT)/obj/%.o $(call lib,testlib $(below_all))
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) $(check_libs)

$(model): $(OUT)/%: $(OUT)/obj/%.o $(call lib,$(below_ledger))
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# other verifiers run beside this one and give the same lines
$(verdicts): $(OUT)/%: $(OUT)/obj/%.o $(call lib,$(below_proofs))
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# a node alone, on real files; the shims are preloaded into it
crash_alone := $(call obj,tests/crash/alone.c tests/crash/alone_io.c)
$(addprefix $(OUT)/tests/crash/,workload flips): $(OUT)/tests/crash/%: \
    $(OUT)/obj/tests/crash/%.o $(crash_alone)
$(addprefix $(OUT)/tests/crash/,crash_states fail_at_n): $(OUT)/tests/crash/%: \
    $(OUT)/obj/tests/crash/%.o $(call obj,tests/crash/disk.c tests/crash/kept.c) $(crash_alone)
$(filter-out %.so,$(crash)): $(call lib,$(below_node))
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LDLIBS)
shims := $(filter %.so,$(crash)) $(path_shim)
$(shims): $(OUT)/%.so: %.c $(wildcard tests/crash/*.h) $(OUT)/flags
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) $(CPPFLAGS) -std=c17 -O1 -g $(warnings) $(werror) -shared -fPIC -o $@ $< -ldl

# libFuzzer brings its own main; elsewhere a small main replays the files it is given
fuzz_link := $(if $(filter fuzz,$(PROFILE)),-fsanitize=fuzzer)
fuzz_main := $(if $(filter fuzz,$(PROFILE)),,$(call obj,tests/lib/fuzz_replay.c))
# fuzz_pump runs in the simulated world, and hears what would be recorded
define fuzz_program
$(OUT)/$(1:.c=): $(call obj,$(1)) $(call obj,$(src_fuzzlib)) $(fuzz_main) \
    $(if $(filter %/fuzz_pump.c,$(1)),$(filter-out %/main.o %/record.o,$(obj_sim))) \
    $(call lib,testlib $(below_all))
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)$$(CC) $$(LDFLAGS) $(fuzz_link) -o $$@ $$^ $$(LDLIBS) $$(check_libs)
endef
$(foreach s,$(src_fuzz),$(eval $(call fuzz_program,$(s))))

# ---- libraries ------------------------------------------------------------------------------------------
define floor_library
$(OUT)/lib$(1).a: $(call obj,$(src_$(1)))
endef
$(foreach f,$(floors) testlib,$(eval $(call floor_library,$(f))))
$(OUT)/libgen.a: $(obj_gen) $(obj_pbc)
$(OUT)/libllhttp.a: $(obj_llhttp)
# made anew also when a file came or went, so that no object of a deleted source lingers
$(OUT)/lib%.a: $(OUT)/sources
	@rm -f $@
	@$(AR) rcs $@ $(filter %.o,$^)

# ---- objects --------------------------------------------------------------------------------------------
$(OUT)/obj/%.o: %.c $(OUT)/flags
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(CPPFLAGS) $(CFLAGS) $(warnings) $(werror) -MMD -MP -c -o $@ $<

# what others wrote is compiled as it comes, without our warnings
$(obj_gen): $(OUT)/obj/gen/%.o: $(GEN)/%.c $(OUT)/flags
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(CPPFLAGS) $(CFLAGS) -w -MMD -MP -c -o $@ $<
$(obj_pbc): $(pbc_c) $(OUT)/flags
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(CPPFLAGS) $(CFLAGS) -w -c -o $@ $<
$(obj_llhttp): $(OUT)/obj/llhttp/%.o: $(LLHTTP_SRC)/%.c $(OUT)/flags
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(CPPFLAGS) $(CFLAGS) -w -c -o $@ $<

# protoc-c closes each enum with a value that only forces the size of int; it would have to be named in
# every switch, so it goes (enums have that size here anyway)
$(GEN)/%.pb-c.c $(GEN)/%.pb-c.h &: %.proto
	@mkdir -p $(@D)
	$(call say,PB,$<)protoc-c -I. --c_out=$(GEN) $<
	@sed -i '/^ *PROTOBUF_C__FORCE_ENUM_TO_BE_INT_SIZE(.*)$$/d' $(GEN)/$*.pb-c.h

# a script or text that the tool writes out, as the bytes of an array
$(GEN)/%.sh.inc: %.sh
	@mkdir -p $(@D)
	$(call say,XXD,$<)xxd -i < $< > $@
$(GEN)/%.txt.inc: %.txt
	@mkdir -p $(@D)
	$(call say,XXD,$<)xxd -i < $< > $@

# the rules that the tool explains are those of the page
$(GEN)/docs/ledger.md.rules.inc: docs/ledger.md scripts/rules
	@mkdir -p $(@D)
	$(call say,AWK,$<)LC_ALL=C.UTF-8 scripts/rules $< > $@

# the two lowest floors do not wait for generated headers
everything := $(foreach f,$(floors),$(src_$(f))) $(mains) $(src_testlib) $(src_sim) $(src_twins) $(src_unit) \
              $(src_simreal) \
              $(src_unitlib) $(src_bench) $(src_model) $(src_fuzz) $(src_fuzzlib) tests/lib/fuzz_replay.c \
              $(src_crash) $(src_diff)
without_gen := base/% crypto/% tests/unit/base/% tests/unit/crypto/%
$(call obj,$(filter-out $(without_gen),$(everything))) $(obj_gen): | $(pb_h)
$(call obj,$(src_cli)): | $(embedded)

# a change of compiler or flags rebuilds; two makes at once each compare a file of their own
settle = if cmp -s $@ $@.$$$$; then rm $@.$$$$; else mv $@.$$$$ $@; fi
$(OUT)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(CC) $(CPPFLAGS) $(CFLAGS) $(warnings) $(LDFLAGS))' > $@.$$$$; $(settle)
$(OUT)/sources: FORCE
	@mkdir -p $(@D)
	@echo '$(foreach f,$(floors) testlib,$(src_$(f))) $(protos)' > $@.$$$$; $(settle)
FORCE:

# both compilers' opinion of every source, without code or files
judged := $(addprefix syntax/,$(everything))
.PHONY: syntax $(judged)
syntax: $(judged)
$(judged): syntax/%: % | $(pb_h) $(embedded)
	$(call say,CC?,$<)$(CC) $(CPPFLAGS) $(CFLAGS) $(warnings) $(werror) -fsyntax-only $<

-include $(shell find $(OUT)/obj -name '*.d' 2>/dev/null)

# ---- running --------------------------------------------------------------------------------------------
test: $(chosen)
	@scripts/unit-tests -j $(TEST_JOBS) -- $(chosen)

ifeq ($(PROFILE),fuzz)
fuzz: $(fuzzers)
	@scripts/fuzz-run $(FUZZ_SECONDS) $(fuzzers)
else
fuzz: $(fuzzers)
	@scripts/fuzz-run replay $(fuzzers)
endif

tidy:
	@scripts/tidy
check:
	@scripts/check

# inputs made from the corpus of receipts, judged by all three verifiers
INPUTS ?= 1000000
SEED   ?= 1
differential: $(verdicts)
	@tests/lib/javascript_libraries.sh
	@tests/differential/run.py --profile $(notdir $(OUT)) --count $(INPUTS) --seed $(SEED) --verbose

# reports and plots in build/bench/; see the head of each script
bench: $(programs)
	@STELE_BUILD=$(abspath $(OUT)) tests/bench/bench.py
RECORDS ?= 10000000
bench-validators: $(sim) $(OUT)/sim-relay-0 $(OUT)/sim-relay-128 $(programs)
	@STELE_BUILD=$(abspath $(OUT)) tests/bench/validators.py

bench-growth: $(programs)
	@STELE_BUILD=$(abspath $(OUT)) tests/bench/growth.py --records $(RECORDS) \
	    $(if $(BATCH),--batch $(BATCH)) $(if $(DISK),--disk $(DISK))

# the long runs; see the head of each script
campaign mutants coverage:
	@scripts/$@

prefix ?= /usr/local
install: $(programs)
	install -d $(DESTDIR)$(prefix)/bin $(DESTDIR)$(prefix)/share/doc/stele
	install -m 755 $(programs) $(DESTDIR)$(prefix)/bin
	install -m 644 LICENSE $(DESTDIR)$(prefix)/share/doc/stele

clean:
	rm -rf build

help:
	@echo 'make [all]        programs and libraries     CC=gcc|clang'
	@echo '                  PROFILE=debug|release|asan|tsan|fuzz|mutants|coverage'
	@echo 'make test         unit tests                 FLOOR=ledger: one floor, T=word: filter'
	@echo 'make units        build the unit tests only'
	@echo 'make syntax       warnings of CC about every source, nothing is built'
	@echo 'make sim          the simulator program      $(OUT)/sim'
	@echo 'make sim-real     the same with real signatures and LMDB'
	@echo 'make twins        two unmodified nodes with one key, $(OUT)/twins'
	@echo 'make model        the program that tests/model/run.py compares with its model'
	@echo 'make verdicts     what tests/differential/run.py compares with the other two verifiers'
	@echo 'make differential the three verifiers of receipts against each other, INPUTS=1000000 SEED=1'
	@echo 'make fuzz         replay corpora, or fuzz with PROFILE=fuzz FUZZ_SECONDS=20'
	@echo 'make crash        workload, shims and replayer of tests/crash'
	@echo 'make bench        rates, latencies and costs on this machine, in build/bench/ (15 minutes)'
	@echo 'make bench-growth the same while a ledger grows: RECORDS=10000000 BATCH= DISK='
	@echo 'make bench-validators  finality, bytes and checks of 4 to 100 validators, simulated and real'
	@echo 'make benches      programs of tests/bench'
	@echo 'make generated    protobuf headers only'
	@echo 'make tidy         rules of the house: floors, suffixes, lengths'
	@echo 'make check        everything that must be green'
	@echo 'make campaign     long runs: simulator seeds, planted bugs, fuzzing'
	@echo 'make mutants      every planted bug, and what caught it'
	@echo 'make coverage     branches that tests take, where each must be taken'
	@echo 'make install      prefix=/usr/local DESTDIR='
	@echo 'make clean        remove build/'
