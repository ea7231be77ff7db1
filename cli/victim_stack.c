/* SPDX-License-Identifier: MIT */
/* A key is expanded, as a cipher does it before its first block. */
#include "aes_schedule.h"
#include "cli.h"
#include "victim.h"

#include <string.h>

/* Below much room, where what the victim calls later does not get to. */
struct far_down {
	unsigned char schedule[AES_SCHEDULE];
	unsigned char key[AES_KEY];
	unsigned char room[32 * 1024];
};

/* The first bytes of the secret are the key, its round keys are used once. */
static int expand(void *argument)
{
	const struct victim *victim = argument;
	struct far_down local = {.room = {0}};
	volatile unsigned char *used = local.schedule;
	unsigned sum = 0;

	memcpy(local.key, victim->secret,
	    victim->len < AES_KEY ? victim->len : AES_KEY);
	aes_expand(local.key, local.schedule);
	for (size_t i = 0; i < AES_SCHEDULE; i++)
		sum += used[i];
	return sum == 0;
}

bool stack_expand(struct victim *victim)
{
	int code;

	if (victim->hold.own_stack)
		code = memward_call(victim->ward, expand, victim);
	else
		code = memward_with(
		    victim->ward, MEMWARD_READ_ONLY, expand, victim);
	return victim_check("a call", code) && victim_done();
}
