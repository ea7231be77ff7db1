/* SPDX-License-Identifier: MIT */
/* How many secrets are really locked for an ordinary user, and what then. */
#define _GNU_SOURCE

#include "bench.h"

#include <grp.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define LEN    32
#define NOBODY 65534

static const size_t limits[] = {65536, 8388608};
/* Beyond this a library that still says yes no longer locks. */
static const size_t most[] = {10000, 400000};
static const char *const rows[] = {"64 KiB", "8 MiB"};

/* An ordinary user with that limit. */
static bool become_ordinary(size_t bytes, struct bench_outcome *result)
{
	struct rlimit limit = {bytes, bytes};
	const char *failed = NULL;

	if (setrlimit(RLIMIT_MEMLOCK, &limit) != 0)
		failed = "the limit cannot be set";
	else if (geteuid() == 0 &&
		 (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 ||
		     setuid(NOBODY) != 0))
		failed = "root cannot become an ordinary user";
	if (failed != NULL) {
		(void)snprintf(
		    result->note, sizeof(result->note), "%s", failed);
		return false;
	}
	/* Or the kernel's own account is root's to read. */
	(void)prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	return true;
}

static size_t count_locked(void *const *secrets, size_t count)
{
	size_t maps_count;
	struct bench_map *maps = bench_maps(&maps_count);
	const struct bench_map *map;
	size_t locked = 0;

	for (size_t i = 0; maps != NULL && i < count; i++) {
		map = bench_map_of(maps, maps_count, secrets[i]);
		locked += map != NULL && (map->protection & BENCH_LOCKED) != 0;
	}
	free(maps);
	return locked;
}

static void tell(
    size_t locked, size_t made, bool refused, struct bench_outcome *result)
{
	const char *then = "a refusal, nothing is unlocked";

	if (!refused)
		then = "goes on unlocked, in silence";
	else if (locked == 0)
		then = "a refusal, and nothing was locked";
	else if (locked < made)
		then = "a refusal, after unlocked ones";
	(void)snprintf(result->note, sizeof(result->note),
	    "%zu handed out, %zu locked: %s", made, locked, then);
}

static void work(const char *subject, size_t row, struct bench_outcome *result)
{
	struct contender_need need = {1000, LEN, limits[row]};
	double end = bench_now() + 4 * bench_settings.fill_time;
	void **secrets = calloc(most[row], sizeof(*secrets));
	const struct contender *contender;
	size_t made = 0;
	bool refused = false;

	if (secrets == NULL || !become_ordinary(limits[row], result))
		return;
	contender = bench_load(subject, &need, result);
	if (contender == NULL)
		return;
	while (made < most[row] && bench_now() < end) {
		void *secret = contender->take(LEN);

		refused = secret == NULL;
		if (refused)
			break;
		memset(secret, 1, LEN);
		secrets[made++] = secret;
	}
	result->value = (double)count_locked(secrets, made);
	if (bench_now() >= end)
		(void)snprintf(result->note, sizeof(result->note),
		    "too slow: %zu handed out in time", made);
	else
		tell((size_t)result->value, made, refused, result);
}

/* Those that never lock have nothing to count. */
static bool locks(const struct contender *contender)
{
	return !contender->guarded && strcmp(contender->name, "glibc") != 0 &&
	       strcmp(contender->name, "malloc") != 0 &&
	       strcmp(contender->name, "mimalloc") != 0;
}

const struct bench_experiment bench_limits = {
    .name = "limits",
    .title = "32-byte secrets really locked within a limit",
    .unit = "secrets",
    .about = "For an ordinary user; counted by the flags of their pages in "
	     "smaps. The notes say what happens at the limit.",
    .rows = rows,
    .row_count = 2,
    .uses = locks,
    .work = work,
    .rounds = 1,
    .bars = true,
};
