/* The names of a scene's numbers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/scene.h"
#include "tests/sim/villain.h"

struct field {
	const char *name;
	size_t offset, size;
	bool is_fault;
};

#define FIELD(name) {#name, offsetof(struct scene, name), sizeof(((struct scene *)0)->name), false}
#define FAULT(name) {#name, offsetof(struct scene, name), sizeof(((struct scene *)0)->name), true}

static const struct field fields[] = {
	FAULT(observers),
	FIELD(is_above),
	FIELD(is_timely),
	FAULT(delay_kind),
	FIELD(delay_min_us),
	FIELD(delay_max_us),
	FAULT(slow_ppm),
	FIELD(slow_max_us),
	FAULT(loss_ppm),
	FAULT(duplicate_ppm),
	FIELD(is_ordered),
	FAULT(mesh),
	FIELD(is_mesh_kept),
	FAULT(partition_every_us),
	FIELD(partition_max_us),
	FIELD(partition_groups),
	FAULT(flap_us),
	FAULT(mute_every_us),
	FAULT(oneway_every_us),
	FAULT(deaf_every_us),
	FAULT(reset_every_us),
	FAULT(slow_every_us),
	FIELD(slow_frame_us),
	FIELD(queue_bytes),
	FAULT(crash_every_us),
	FIELD(down_max_us),
	FAULT(late_us),
	FIELD(late_node),
	FAULT(crash_all_every_us),
	FAULT(rolling_every_us),
	FAULT(crash_written_ppm),
	FAULT(crash_kept_ppm),
	FIELD(crash_point_node),
	FIELD(crash_point),
	FIELD(is_point_before),
	FIELD(is_point_all),
	FIELD(disk_min_us),
	FIELD(disk_max_us),
	FAULT(disk_fail_ppm),
	FIELD(disk_slow_node),
	FAULT(disk_slow_times),
	FAULT(full_every_us),
	FAULT(lose_every_us),
	FAULT(skew_max_ms),
	FAULT(jump_every_us),
	FIELD(jump_max_ms),
	FAULT(pause_every_us),
	FIELD(pause_max_us),
	FIELD(load_every_us),
	FIELD(idle_us),
	FIELD(cores),
	FIELD(machines),
	FIELD(check_ns),
	FIELD(sign_ns),
	FIELD(row_ns),
	FIELD(commit_ns),
	FIELD(frame_in_ns),
	FIELD(frame_out_ns),
	FIELD(kb_ns),
	FIELD(job_ns),
	FIELD(wake_ns),
	FIELD(line_mbit),
	FAULT(has_slow),
	FIELD(slow_node),
	FIELD(slow_cpu_times),
	FIELD(slow_line_us),
	FIELD(writers),
	FIELD(pause_us),
};

#define FIELDS_COUNT (sizeof(fields) / sizeof(fields[0]))

static uint64_t get(const struct scene *scene, const struct field *field)
{
	const unsigned char *at = (const unsigned char *)scene + field->offset;
	uint32_t narrow;
	uint64_t wide;

	if (field->size == sizeof(bool))
		return *at;
	if (field->size == sizeof(narrow)) {
		memcpy(&narrow, at, sizeof(narrow));
		return narrow;
	}
	memcpy(&wide, at, sizeof(wide));
	return wide;
}

static bool put(struct scene *scene, const struct field *field, uint64_t value)
{
	unsigned char *at = (unsigned char *)scene + field->offset;
	uint32_t narrow = (uint32_t)value;

	if (field->size == sizeof(bool))
		*at = value != 0;
	else if (field->size == sizeof(narrow))
		memcpy(at, &narrow, sizeof(narrow));
	else
		memcpy(at, &value, sizeof(value));
	return get(scene, field) == value;
}

static bool set_villain(struct scene *scene, const char *text)
{
	char *end;
	unsigned long node = strtoul(text, &end, 10);

	return end != text && *end == '=' && node < WORLD_NODES_MAX &&
	       villain_by_name(&scene->villains[node], end + 1);
}

bool scene_set(struct scene *scene, const char *text)
{
	const char *sign = strchr(text, '=');
	char *end;
	uint64_t value;

	if (strncmp(text, "villain_", 8) == 0)
		return set_villain(scene, text + 8);
	if (sign == NULL || sign[1] < '0' || sign[1] > '9')
		return false;
	value = strtoull(sign + 1, &end, 10);
	for (size_t i = 0; i < FIELDS_COUNT; i++) {
		const char *name = fields[i].name;

		if (strncmp(text, name, (size_t)(sign - text)) == 0 && name[sign - text] == '\0')
			return *end == '\0' && put(scene, &fields[i], value);
	}
	return false;
}

void scene_print_changes(char *out, size_t room, const struct scene *from, const struct scene *to)
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < FIELDS_COUNT && len < room; i++) {
		if (get(from, &fields[i]) != get(to, &fields[i]))
			len += (size_t)snprintf(out + len, room - len, " --set %s=%llu",
						fields[i].name,
						(unsigned long long)get(to, &fields[i]));
	}
	for (uint32_t i = 0; i < WORLD_NODES_MAX && len < room; i++) {
		if (from->villains[i] != to->villains[i])
			len += (size_t)snprintf(out + len, room - len, " --set villain_%u=%s", i,
						villain_name(to->villains[i]));
	}
}

const char *scene_fault(size_t i)
{
	for (size_t k = 0; k < FIELDS_COUNT; k++) {
		if (fields[k].is_fault && i-- == 0)
			return fields[k].name;
	}
	return NULL;
}
