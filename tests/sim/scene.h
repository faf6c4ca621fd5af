/* Scenes: what a run does to its network, as plain numbers.  A seed chooses one, a
 * name stands for one, and each number can be set by itself (scene_set). */
#ifndef STELE_TESTS_SIM_SCENE_H
#define STELE_TESTS_SIM_SCENE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/sim/node_set.h"
#include "tests/sim/villain_kinds.h"

#define SCENE_SET_MAX 31u /* validators that a seed may choose; asked for: as many as there may be */

enum delay {
	DELAY_UNIFORM,     /* between min and max */
	DELAY_EXPONENTIAL, /* above min; its mean is the middle */
	DELAY_HEAVY,       /* above min; twice as long a fourth as often, up to 2^8 times */
	DELAY_COUNT
};

enum mesh {
	MESH_FULL,
	MESH_RING,
	MESH_FEW, /* each has a line to f+1 others at least */
	MESH_COUNT
};

/* Times are means where they say every, 0: none. */
struct scene {
	uint32_t nodes;     /* validators */
	uint32_t twins;     /* of them, from the first on: two nodes have the key (tests/twins) */
	uint32_t observers; /* after both */
	uint64_t heights;
	enum villain villains[WORLD_NODES_MAX]; /* by node */
	bool is_above;  /* more of them than may be faulty: safety may break, and is seen to */
	bool is_timely; /* nothing may be nullified, and no correct author be passed over */

	/* the network */
	uint32_t delay_kind; /* enum delay */
	uint32_t delay_min_us, delay_max_us;
	uint32_t slow_ppm; /* of frames that take up to slow_max_us */
	uint32_t slow_max_us;
	uint32_t loss_ppm, duplicate_ppm;
	bool is_ordered; /* frames of a session stay in order */
	uint32_t mesh;   /* enum mesh, until all heals */
	bool is_mesh_kept; /* and after that */
	uint64_t partition_every_us;
	uint64_t partition_max_us; /* of all that cuts lines */
	uint32_t partition_groups;
	uint64_t flap_us;          /* a partition comes and goes within itself; 0: it stays */
	uint64_t mute_every_us;    /* a node hears and is not heard */
	uint64_t oneway_every_us;  /* a line carries one way only */
	uint64_t deaf_every_us;    /* a node is heard and does not hear */
	uint64_t reset_every_us;   /* a session breaks and comes again */
	uint64_t slow_every_us;    /* a node takes frames slowly: */
	uint64_t slow_frame_us;    /* one in this time */
	uint64_t queue_bytes;      /* towards one peer, 0: no bound; what does not fit is dropped */

	/* crashes */
	uint64_t crash_every_us;
	uint64_t down_max_us;
	uint64_t late_us; /* before late_node starts for the first time */
	uint32_t late_node;
	uint64_t crash_all_every_us;
	uint64_t rolling_every_us;   /* one after the other is restarted */
	uint32_t crash_written_ppm;  /* of journal writes after which the node dies untold */
	uint32_t crash_kept_ppm;     /* of crashes: what was being written is there */
	uint32_t crash_point_node;   /* dies at its n-th disk job, */
	uint64_t crash_point;        /* from 1; 0: none */
	bool is_point_before;        /* before the job, or after it and untold */
	bool is_point_all;           /* and all others in the same moment */

	/* disks */
	uint64_t disk_min_us, disk_max_us;
	uint32_t disk_fail_ppm; /* of disk jobs whose write fails: that ends the node's life */
	uint32_t disk_slow_node; /* of disk_slow_times */
	uint32_t disk_slow_times; /* 0: no slower than the others */
	uint64_t full_every_us;   /* a disk is full for a while */
	uint64_t lose_every_us;   /* sign state is lost, or an older one put back */

	/* clocks */
	uint32_t skew_max_ms;
	uint64_t jump_every_us; /* the wall clock of a node jumps by up to jump_max_ms */
	uint32_t jump_max_ms;
	uint64_t pause_every_us; /* a node stands still, and goes on */
	uint64_t pause_max_us;

	uint64_t load_every_us; /* mean between submissions */
	uint64_t idle_us;       /* the chain's */

	/* costs.h; figures of the real code, tests/bench/bench_costs.c */
	uint32_t cores;    /* of a machine; 0: work costs nothing, and jobs take times by chance */
	uint32_t machines; /* that the nodes share; 0: each has its own */
	uint64_t check_ns, sign_ns;            /* a signature */
	uint64_t row_ns, commit_ns;            /* of a store; without the sync, which is disk_*_us */
	uint64_t frame_in_ns, frame_out_ns;    /* read and handled; written */
	uint64_t kb_ns;                        /* 1,024 bytes written */
	uint64_t job_ns;                       /* of the loop, to give a job to another thread */
	uint64_t wake_ns;                      /* the job's way there, and back */
	uint64_t line_mbit;                    /* a node's line, each way; 0: any amount at once */
	bool has_slow;
	uint32_t slow_node, slow_cpu_times;
	uint64_t slow_line_us;                 /* more, for what goes to it and comes from it */

	/* measure.h */
	uint32_t writers;  /* each waits for its record's finality; 0: nothing is measured */
	uint64_t pause_us; /* mean, before the next */
};

/* Mostly 4, some 7, a few of 1 ... 31. */
uint32_t scene_nodes_of_seed(uint64_t seed);
void scene_of_seed(struct scene *out, uint64_t seed, uint32_t nodes, uint64_t heights);
/* False: no such scene. */
bool scene_by_name(struct scene *out, const char *name, uint64_t seed, uint32_t nodes,
		   uint64_t heights);
/* More than may be faulty: count of them (0: f + 1, or 2f in every second seed), of the
 * scene's kind or of one that the seed chooses. */
void scene_above(struct scene *scene, uint64_t seed, bool has_kind, uint32_t count);
void scene_names(void (*visit)(const char *name));
/* Nodes first, first + 1, ... are of that kind, and no others. */
void scene_villains(struct scene *scene, enum villain kind, uint32_t first, uint32_t count);

/* --- scene_fields.c ------------------------------------------------------ */

/* "name=value"; villains are "villain_3=silent".  False: no such field or value. */
bool scene_set(struct scene *scene, const char *text);
/* " --set name=value" for each field in which they differ. */
void scene_print_changes(char *out, size_t room, const struct scene *from, const struct scene *to);
/* Fields that are faults, from 0 on; NULL after the last.  Set to 0 the fault is gone. */
const char *scene_fault(size_t i);

#endif
