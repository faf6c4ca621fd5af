/* What a program asks of callgrind; nothing happens where valgrind's headers are absent. */
#ifndef STELE_TESTS_LIB_CALLGRIND_H
#define STELE_TESTS_LIB_CALLGRIND_H

#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_START_INSTRUMENTATION (void)0
#define CALLGRIND_STOP_INSTRUMENTATION (void)0
#define CALLGRIND_ZERO_STATS (void)0
#define CALLGRIND_DUMP_STATS_AT(what) (void)(what)
#endif

#endif
