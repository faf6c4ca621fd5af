/* Assertions: claims about our own code, compiled in always, release included.
 *
 * Data from outside is checked and refused, never asserted.  A failed
 * assertion writes one line to standard error and aborts the process: in
 * doubt the node stops. */
#ifndef STELE_BASE_ASSERT_H
#define STELE_BASE_ASSERT_H

_Noreturn void assert_failed(const char *claim, const char *file, int line);

/* Spelled after its macros are: so the name of a planted bug (base/mutant.h) that
 * excuses a claim is in no release. */
#define ASSERT(claim) \
	((claim) ? (void)0 : assert_failed(ASSERT_TEXT(claim), __FILE__, __LINE__))
#define ASSERT_TEXT(...) #__VA_ARGS__
#define UNREACHABLE() assert_failed("unreachable", __FILE__, __LINE__)

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(nth, first) __attribute__((__format__(__printf__, nth, first)))

#endif
