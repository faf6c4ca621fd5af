/* Config: what steled.conf says.  Nothing that nodes must agree on stands here:
 * that is in the genesis document.
 *
 * Keys are `key = value`, lists in braces, # begins a comment.  An unknown key,
 * a key twice, or a value out of its bounds is an error that names file and
 * line; the last statement must be `end = true`, so that a file cut short is
 * not taken for a whole one. */
#ifndef STELE_NODE_CONFIG_H
#define STELE_NODE_CONFIG_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/log.h"
#include "p2p/net.h"

#define CONFIG_FILE "steled.conf"
#define CONFIG_PEERS_MAX 256
#define CONFIG_HOSTS_MAX 16
#define CONFIG_HOST_BYTES 255
#define CONFIG_PATH_BYTES 1023
#define CONFIG_PROBLEM_BYTES 2048

struct config {
	char name[LIMIT_SEGMENT + 1]; /* of this node, for people */
	bool has_chain;
	struct hash chain; /* the genesis it expects */
	struct net_address listen; /* ip empty: not given; the same below */
	struct net_address peers[CONFIG_PEERS_MAX];
	uint32_t peers_count;
	uint32_t observers_max;
	struct net_address api_listen;
	char api_hosts[CONFIG_HOSTS_MAX][CONFIG_HOST_BYTES + 1];
	uint32_t api_hosts_count;
	struct net_address metrics_listen;
	enum log_level log_level;
	char passphrase_file[CONFIG_PATH_BYTES + 1]; /* of both keys; "": none given */
	/* of the sign file, seen from the home; "": beside the home (node/home.h) */
	char sign_state_file[CONFIG_PATH_BYTES + 1];
	uint32_t pool_transactions;
	uint64_t pool_bytes;
	uint64_t parcel_bytes; /* unreferenced parcels held, per author */
	uint64_t queue_bytes;  /* frames waiting to be sent, per peer */
	uint64_t disk_free_min; /* bytes; with fewer the node neither signs nor takes records */
	uint32_t workers;      /* 0: one for each core */
};

/* The defaults. */
void config_init(struct config *config);
/* ERR_FILE_READ, ERR_CONFIG: problem says file, line and what is wrong, and out
 * is undefined. */
MUST_CHECK enum err config_read(struct config *out, char problem[CONFIG_PROBLEM_BYTES],
				const char *path);
/* A whole steled.conf with comments; config_read gives the same config back. */
void config_render(struct buf *out, const struct config *config);

/* "ip:port" or "[ip]:port"; the ip is a literal. */
bool config_address_parse(struct net_address *out, const char *text);
void config_address_render(struct buf *out, const struct net_address *address);

#endif
