#include "node/room.h"

#include "node/pump.h"

/* What must be free beyond the minimum before the node goes on, so that it does
 * not pause again at once. */
#define BEYOND_PARTS 4u

static uint64_t disk_free(const struct node *node)
{
	uint64_t chain = store_disk_free(node->config.chain_store);
	uint64_t journal = store_disk_free(node->config.journal_store);

	return chain < journal ? chain : journal;
}

static void pause(struct node *node, uint64_t free_bytes)
{
	node->is_paused = true;
	log_event(LOG_ERROR, "disk_full", "[E%04d %s] %s: %llu bytes free, at least %llu are kept; %s",
		  (int)ERR_DISK_LOW, err_name(ERR_DISK_LOW), err_text(ERR_DISK_LOW),
		  (unsigned long long)free_bytes, (unsigned long long)node->config.disk_free_min,
		  err_remedy(ERR_DISK_LOW));
}

static void go_on(struct node *node, uint64_t free_bytes)
{
	uint32_t held = node->slots_held;

	node->is_paused = false;
	node->slots_held = 0;
	log_event(LOG_INFO, "disk_has_room", "%llu bytes are free: the node goes on",
		  (unsigned long long)free_bytes);
	for (unsigned slot = 0; slot < SLOT_COUNT; slot++) {
		if (held >> slot & 1)
			io_arm(node->io, slot, 0);
	}
}

void room_check(struct node *node)
{
	uint64_t min = node->config.disk_free_min;
	uint64_t free_bytes = disk_free(node);

	if (!node->is_paused && free_bytes < min)
		pause(node, free_bytes);
	else if (node->is_paused && free_bytes >= min + min / BEYOND_PARTS)
		go_on(node, free_bytes);
}

void room_refused(struct node *node)
{
	if (!node->is_paused)
		pause(node, disk_free(node));
}

bool room_holds(struct node *node, unsigned slot)
{
	if (!node->is_paused || slot == SLOT_HOUSE)
		return false;
	node->slots_held |= UINT32_C(1) << slot;
	return true;
}
