/* The assertions of libcheck, as tests/lib uses them, outside of its runner: they end
 * the process, which is what a fuzzer looks for. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void _ck_assert_failed(const char *file, int line, const char *expression, const char *message, ...);
void unit_mark(const char *file, int line);

void _ck_assert_failed(const char *file, int line, const char *expression, const char *message, ...)
{
	va_list arguments;

	fprintf(stderr, "%s:%d: %s: ", file, line, expression);
	va_start(arguments, message);
	if (message != NULL)
		vfprintf(stderr, message, arguments);
	va_end(arguments);
	fprintf(stderr, "\n");
	abort();
}

void unit_mark(const char *file, int line)
{
	(void)file, (void)line;
}
