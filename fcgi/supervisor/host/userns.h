/* SPDX-License-Identifier: MIT */
/* Whether this host lets a sandbox make user namespaces. */
#ifndef SCE_USERNS_H
#define SCE_USERNS_H

/* What forbids them, in one sentence, or NULL. */
const char *userns_find_obstacle(void);

#endif
