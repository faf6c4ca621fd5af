/* Times and lengths of time between people and the ledger, which knows only
 * milliseconds. */
#ifndef STELE_CLIENTS_CLI_WHEN_H
#define STELE_CLIENTS_CLI_WHEN_H

#include <stdbool.h>
#include <stdint.h>

#define WHEN_TEXT_MAX 32

/* "2026-03-01T09:00:00+08:00", "2026-03-01T01:00:00.250Z" (RFC 3339), or
 * milliseconds since 1970.  False: neither, no day of the calendar, before 1970. */
bool when_read(uint64_t *ms, const char *text);
/* "2026-03-01T01:00:00Z", with milliseconds where there are any. */
void when_format(char out[WHEN_TEXT_MAX], uint64_t ms);
/* "7d", "12h", "30m", "90s", "500ms"; "0" too.  False: none of these. */
bool duration_read(uint64_t *ms, const char *text);
/* In the largest of those units that leaves nothing over: "7d". */
void duration_format(char out[WHEN_TEXT_MAX], uint64_t ms);
/* For reading only, in its two largest units: "3 d 4 h", "12 s". */
void duration_rough(char out[WHEN_TEXT_MAX], uint64_t ms);

#endif
