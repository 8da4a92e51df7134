/* SPDX-License-Identifier: MIT */
/* Decides which requests are one client's. */
#include "responder/http/client.h"

#include <arpa/inet.h>
#include <string.h>

void
client_make_key(const char *address, uint8_t key[16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	memset(key, 0, 16);
	if (address == NULL)
		return;
	if (inet_pton(AF_INET, address, key + 12) == 1)
		memcpy(key, mapped, sizeof(mapped));
	else if (inet_pton(AF_INET6, address, key) != 1)
		memset(key, 0, 16);
	else if (memcmp(key, mapped, sizeof(mapped)) != 0) {
		memset(key + 8, 0, 7);
		key[15] = 1; /* ::1 is somebody, too */
	}
}
