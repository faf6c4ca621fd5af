/* Service manager: tells systemd, where it runs this process, that the node is
 * ready or stops; sd_notify(3)'s protocol, one datagram. */
#ifndef STELE_NODE_SERVICE_MANAGER_H
#define STELE_NODE_SERVICE_MANAGER_H

/* state: "READY=1", "STOPPING=1".  Nothing happens where nobody listens. */
void service_manager_tell(const char *state);

#endif
