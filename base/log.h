/* Log: one JSON object a line on standard error, or to a sink that a test or
 * the simulator installs.
 *
 * Who handles an error logs it; who passes it on does not.  Secrets and record
 * contents are never logged. */
#ifndef STELE_BASE_LOG_H
#define STELE_BASE_LOG_H

#include <stdbool.h>

#include "base/assert.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

typedef void log_sink(void *context, const char *line);

void log_level_set(enum log_level level);
bool log_is_on(enum log_level level);
/* NULL brings back standard error. */
void log_sink_set(log_sink *sink, void *context);

/* event: a fixed snake_case name; then a printf format whose text becomes the
 * field "text", escaped as JSON.  {"time":…,"level":…,"event":…,"text":…} */
void log_event(enum log_level level, const char *event, const char *format, ...)
	PRINTF_LIKE(3, 4);

#endif
