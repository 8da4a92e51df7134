/* SPDX-License-Identifier: MIT */
/*
 * Every hostile program through the real service: its answer is the expected
 * one, and afterwards the service is as it was: healthy, its pool full, no
 * container and no process too many.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';

import { of_uids } from '../integration/lib/proc.js';
import { shared_instance } from '../integration/lib/instance.js';
import { wait_for } from '../integration/lib/wait.js';
import { attacks, title, GROUPS } from './lib/attacks.js';
import { landlock_version } from './lib/kernel.js';
import { is_reported, run_attack } from './lib/run.js';

/* Each run has half a core. */
const AT_ONCE = 3;
/* The name that the programs give to what they leave behind. */
const LEFT_BEHIND = 'outlives-run';
/* More than there are slots; another instance's are farther away. */
const UIDS = 900;

const all = attacks();
const instance = shared_instance();
const landlock = landlock_version();

function
is_left_behind(pid)
{
	try {
		return fs.readFileSync(`/proc/${pid}/comm`, 'utf8')
		    .trim() === LEFT_BEHIND;
	} catch {
		return false; /* it has just ended */
	}
}

/* Of this instance's sandboxes: others of the machine have some of their own,
 * who runs these tests beside us for instance. */
async function
whole_again()
{
	const uid_base = Number(instance.config().docker.uid_base);

	await instance.idle();
	await wait_for('end of every process that was left behind',
	    () => !of_uids(uid_base, UIDS).some(is_left_behind));
}

async function
attack_once(t, attack)
{
	if (attack.landlock > landlock) {
		t.skip(`needs Landlock ABI ${attack.landlock}, this kernel ` +
		    `has ${landlock}`);
		return;
	}
	const result = await run_attack(attack, instance.base);

	if (attack.residual === undefined) {
		assert.equal(result.why, null);
		return;
	}
	/* The documents say that this gets through: they must stay right. */
	t.diagnostic(`residual risk: ${attack.residual}`);
	assert.ok(!result.held, 'it holds now: remove its "residual" line');
	assert.ok(is_reported(result), result.why);
}

test('there are enough of them, and of every group', () => {
	assert.ok(all.length >= 65, `${all.length} attacks`);
	for (const group of GROUPS) {
		assert.ok(all.filter((a) => a.group === group).length >= 8,
		    group);
	}
});

for (const group of GROUPS) {
	const members = all.filter((attack) => attack.group === group);
	const together = members.filter((attack) => !attack.alone);

	describe(`${group}, ${together.length} in parallel`,
	    { concurrency: AT_ONCE }, () => {
		for (const attack of together) {
			test(`can not ${title(attack)}`,
			    (t) => attack_once(t, attack));
		}
	});
	for (const attack of members.filter((a) => a.alone && !a.nasty))
		test(`can not ${title(attack)}`, (t) => attack_once(t, attack));
	test(`the service is whole after ${group}`, whole_again);
	for (const attack of members.filter((a) => a.nasty)) {
		test(`can not ${title(attack)}, and it is whole`,
		    async (t) => {
			await attack_once(t, attack);
			await whole_again();
		});
	}
}
