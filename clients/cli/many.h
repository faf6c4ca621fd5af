/* Many requests at once: connections kept open to every node of an http, one
 * request on each at a time, all in one loop.
 *
 * What came of a request arrives through the callback, from within many_step, or
 * at once where no connection can be begun; the callback may ask again.  Errors
 * as in http.h: ERR_NET_CONNECT, the node certainly did not get it;
 * ERR_NET_UNKNOWN, it may have; ERR_NET_ANSWER, what came back is no HTTP. */
#ifndef STELE_CLIENTS_CLI_MANY_H
#define STELE_CLIENTS_CLI_MANY_H

#include "clients/cli/http.h"

struct many;

/* answer is lent until the callback returns, and empty on an error. */
typedef void many_answered(void *owner, void *context, enum err err,
			   const struct http_answer *answer);

/* each: connections to one node.  http is borrowed.  NULL when memory is short. */
struct many *many_new(const struct http *http, size_t each, many_answered *answered, void *owner);
void many_free(struct many *many);
/* Whether that node, or any, has a connection without a request.  A node that
 * refused a connection has none for a second. */
bool many_has_room(const struct many *many, size_t node);
/* The request is copied.  node: HTTP_NODE_ANY goes round the nodes that have room.
 * False: no room. */
bool many_ask(struct many *many, const struct http_request *request, void *context);
/* Requests under way. */
size_t many_count(const struct many *many);
/* Sends and reads what can be, waiting at most that long for anything to happen. */
void many_step(struct many *many, unsigned wait_ms);

#endif
