/* Exit codes of steled, a part of those that all programs share: 0 done, 1 an
 * error or a defect, 2 usage, 10 local file, configuration or key, 12 integrity
 * alarm, 130 interrupted. */
#ifndef STELE_NODE_EXIT_CODE_H
#define STELE_NODE_EXIT_CODE_H

#include "base/err.h"

int exit_code(enum err reason);

#endif
