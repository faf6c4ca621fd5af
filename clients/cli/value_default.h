/* What a member of a state value is where the API leaves it out. */
#ifndef STELE_CLIENTS_CLI_VALUE_DEFAULT_H
#define STELE_CLIENTS_CLI_VALUE_DEFAULT_H

#include <jansson.h>

/* type: as the API names it, "claim"; member: "state".  As the API would print it, were it
 * not left out: "live", 0, "0", false.  NULL for texts, bytes, lists and messages, which
 * are absent then, and for what this tool does not know. */
json_t *value_default(const char *type, const char *member);

#endif
