/* What a motion carries, read from the state's parts of it. */
#ifndef STELE_NODE_API_MOTION_READ_H
#define STELE_NODE_API_MOTION_READ_H

#include "node/api/call.h"
#include "proto/tx.h"

/* The message lives until the handler returns. */
MUST_CHECK enum err motion_read_operation(struct call *call, const Stele__MotionValue *motion,
					  Stele__MotionOperation **out);

#endif
