/* SPDX-License-Identifier: MIT */
/*
 * The network of a slot: a container of ours, itself `--network none`, in which
 * nothing but the guest waits for its life line to end. The sandboxes of the
 * slot, one after the other, join its network namespace instead of having
 * Docker make one each, which is half of a start's cost. Log lines and labels
 * call it the slot's holder.
 *
 * A network is started, watched and ended by the same code as a sandbox, as the
 * box with the number of its slot + slot_count. A slot is started only while
 * its network is not on its way out; an EMPTY slot keeps its network for a
 * while.
 *
 * A namespace that a run has used is never lent again: a network is replaced
 * when the counters of its packets are not what they were before the first
 * loan, when it is old, when there is another image, and after a start in it
 * has failed.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/io.h"
#include "common/log.h"
#include "supervisor/box/box.h"

/* Loans, and time, after which even an untouched network is replaced. */
#define NETWORK_LOANS_MAX 50
#define NETWORK_AGE_MAX_US (60ULL * 60 * 1000 * 1000)
/* An EMPTY slot keeps its network for so long, and one slot for longer: as a
 * rule the next start is in another slot than that which was just leased. */
#define NETWORK_IDLE_US (3ULL * 1000 * 1000)
#define NETWORK_SPARE 1

static uint32_t
index_of(const struct supervisor *sup, uint32_t slot)
{
	return sup->pool.slot_count + slot;
}

/* Appends a file of /proc; its new length, or -1 if it does not fit. */
static ssize_t
append_file(
    pid_t pid, const char *name, char text[NETWORK_COUNTERS_MAX], size_t len)
{
	char path[64];
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/net/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	do {
		n = read(fd, text + len, NETWORK_COUNTERS_MAX - len);
		len += n > 0 ? (size_t)n : 0;
	} while (n > 0 && len < NETWORK_COUNTERS_MAX);
	fd_close(&fd);
	return n == 0 ? (ssize_t)len : -1;
}

/*
 * Anything that outlives its process in a network namespace (connections that
 * linger, what TCP has learned of a peer) took a packet over the loopback
 * device, and each packet is counted. The kernel's numbers are compared, not
 * parsed.
 */
static int
read_counters(pid_t pid, char text[NETWORK_COUNTERS_MAX])
{
	ssize_t len;

	memset(text, 0, NETWORK_COUNTERS_MAX);
	len = append_file(pid, "dev", text, 0);
	if (len != -1)
		len = append_file(pid, "snmp", text, (size_t)len);
	return len == -1 ? -1 : 0;
}

static bool
is_untouched(const struct box *box)
{
	char now[NETWORK_COUNTERS_MAX];

	return read_counters(box->network.pid, now) == 0 &&
	       memcmp(now, box->network.counters, sizeof(now)) == 0;
}

/* Lends the slot's network, which is READY. Returns its name. */
static const char *
lend(struct supervisor *sup, uint32_t slot)
{
	struct box *box = &sup->boxes[index_of(sup, slot)];
	struct network *network = &box->network;

	if (network->loans == 0 &&
	    read_counters(network->pid, network->counters) == -1)
		network->worn = true; /* good for one loan */
	network->loans++;
	network->lent = true;
	sup->boxes[slot].network_start = box->start;
	return box->name;
}

/* Until a network that ends is gone, none can be started for its slot. */
static void
tell_pool(struct supervisor *sup, uint32_t slot)
{
	enum slot_state state = sup->pool.slots[index_of(sup, slot)].state;

	sup->pool.slots[slot].is_warm = state == SLOT_READY;
	sup->pool.slots[slot].is_barred = state == SLOT_DEAD;
}

static bool
is_waiting(const struct supervisor *sup, uint32_t slot)
{
	return sup->pool.slots[slot].state == SLOT_STARTING &&
	       sup->boxes[slot].name[0] == '\0';
}

/* A sandbox that waits for its network joins it, or has waited in vain. */
static void
serve_waiting(struct supervisor *sup, uint32_t slot)
{
	enum slot_state state = sup->pool.slots[index_of(sup, slot)].state;

	if (state == SLOT_READY)
		box_launch(sup, slot, lend(sup, slot));
	else if (state != SLOT_STARTING)
		ending_begin(sup, slot);
}

static void
start_network(struct supervisor *sup, uint32_t slot)
{
	if (box_start(sup, index_of(sup, slot), 0))
		box_launch(sup, index_of(sup, slot), NULL);
	tell_pool(sup, slot); /* it can have failed already */
}

void
network_start_box(struct supervisor *sup, uint32_t slot, uint32_t language)
{
	if (!box_start(sup, slot, language))
		return;
	if (!config_has_holders(&sup->config)) {
		box_launch(sup, slot, NULL);
		return;
	}
	if (sup->pool.slots[index_of(sup, slot)].state == SLOT_EMPTY)
		start_network(sup, slot);
	serve_waiting(sup, slot);
}

void
network_wear(struct supervisor *sup, uint32_t slot)
{
	sup->boxes[index_of(sup, slot)].network.worn = true;
}

/* Looks at what became of the slot's sandbox and its network since the last
 * time. */
static void
notice_changes(struct supervisor *sup, uint32_t slot)
{
	enum slot_state state = sup->pool.slots[slot].state;
	struct box *box = &sup->boxes[slot];

	if (box->start_failed)
		network_wear(sup, slot);
	box->start_failed = false;
	if (is_waiting(sup, slot))
		serve_waiting(sup, slot);
	if (!box_is_left_alone(sup, slot))
		return;
	/* Nothing is lost when a sandbox that waits is replaced; a run goes on,
	 * for it is in the namespace itself. */
	box->network_start = 0;
	if (state == SLOT_STARTING || state == SLOT_READY)
		ending_begin(sup, slot);
}

/* Says why the network must not be lent to the next sandbox, or NULL. */
static const char *
find_fault(struct supervisor *sup, uint32_t slot, uint64_t now_us)
{
	uint32_t index = index_of(sup, slot);
	struct box *box = &sup->boxes[index];

	if (box->network.worn)
		return "worn";
	if (box->network.loans >= NETWORK_LOANS_MAX ||
	    now_us - sup->pool.slots[index].since_us >= NETWORK_AGE_MAX_US)
		return "old";
	if (box->network.lent && !is_untouched(box))
		return "touched";
	box->network.lent = false;
	return NULL;
}

/* True if a sandbox can be started in the slot's network at once. */
static bool
is_spare(const struct supervisor *sup, uint32_t slot)
{
	return sup->pool.slots[slot].state == SLOT_EMPTY &&
	       sup->pool.slots[index_of(sup, slot)].state == SLOT_READY;
}

static uint32_t
count_spare(const struct supervisor *sup)
{
	uint32_t count = 0;
	uint32_t slot;

	for (slot = 0; slot < sup->pool.slot_count; slot++)
		count += is_spare(sup, slot);
	return count;
}

/* Starts a network for the next sandbox while nothing else has to be started.
 */
static void
start_spare(struct supervisor *sup, uint64_t now_us)
{
	uint32_t found = POOL_NONE;
	uint32_t slot;

	if (sup->pool.stock[0].failures > 0 || now_us < sup->next_spare_us ||
	    now_us < pool_yields_until_us(&sup->pool) ||
	    pool_count(&sup->pool, SLOT_STARTING) > 0)
		return;
	for (slot = 0; slot < sup->pool.slot_count; slot++) {
		if (sup->pool.slots[index_of(sup, slot)].state == SLOT_STARTING)
			return;
		if (found == POOL_NONE &&
		    sup->pool.slots[slot].state == SLOT_EMPTY &&
		    sup->pool.slots[index_of(sup, slot)].state == SLOT_EMPTY)
			found = slot;
	}
	if (found != POOL_NONE)
		start_network(sup, found);
}

static void
settle_one(struct supervisor *sup, uint32_t slot, uint64_t now_us)
{
	uint32_t index = index_of(sup, slot);
	const struct pool_slot *s = &sup->pool.slots[slot];
	const char *fault;

	notice_changes(sup, slot);
	if (is_spare(sup, slot)) {
		fault = find_fault(sup, slot, now_us);
		if (fault == NULL && now_us - s->since_us >= NETWORK_IDLE_US &&
		    count_spare(sup) > NETWORK_SPARE)
			fault = "idle";
		if (fault != NULL) {
			log_debug(NULL,
			    "holder-replaced slot=%u name=%s loans=%u why=%s",
			    slot, sup->boxes[index].name,
			    sup->boxes[index].network.loans, fault);
			ending_begin(sup, index);
		}
	}
	tell_pool(sup, slot);
}

void
networks_settle(struct supervisor *sup, uint64_t now_us)
{
	uint32_t slot;

	if (!config_has_holders(&sup->config))
		return;
	for (slot = 0; slot < sup->pool.slot_count; slot++)
		settle_one(sup, slot, now_us);
}

uint64_t
networks_keep_spare(struct supervisor *sup, uint64_t now_us)
{
	uint64_t next_us = IO_FOREVER;
	uint32_t spare;
	uint32_t slot;

	if (!config_has_holders(&sup->config))
		return next_us;
	spare = count_spare(sup);
	if (spare < NETWORK_SPARE) { /* one that is started is not READY yet */
		start_spare(sup, now_us);
		return sup->next_spare_us > now_us ? sup->next_spare_us
						   : next_us;
	}
	if (spare == NETWORK_SPARE)
		return next_us;
	for (slot = 0; slot < sup->pool.slot_count; slot++) {
		if (is_spare(sup, slot))
			next_us = earlier_us(next_us,
			    sup->pool.slots[slot].since_us + NETWORK_IDLE_US);
	}
	return next_us;
}
