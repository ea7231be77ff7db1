/* SPDX-License-Identifier: MIT */
/*
 * Where memward keeps its own records, on Linux: every page of them that can
 * be touched stands between pages that cannot, by the kernel's account.
 */
#include "ward_cases.h"

#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST 4000

struct map {
	uintptr_t from;
	uintptr_t to;
	char access[5];
};

static struct map first[MOST]; /* before memward was used */
static struct map now[MOST];
static size_t first_count;

/* Without the heap, which would be a new mapping itself. */
static size_t read_maps(struct map *maps)
{
	static char text[MOST * 100];
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	size_t count = 0;
	ssize_t got = 1;

	CHECK(fd >= 0);
	while (got > 0 && len < sizeof(text) - 1) {
		got = read(fd, text + len, sizeof(text) - 1 - len);
		len += got > 0 ? (size_t)got : 0;
	}
	CHECK(got == 0 && close(fd) == 0);
	text[len] = '\0';
	for (char *at = text; *at != '\0'; at = strchr(at, '\n') + 1) {
		struct map *map = &maps[count++];

		CHECK(count < MOST);
		CHECK_INT(sscanf(at, "%" SCNxPTR "-%" SCNxPTR " %4s",
			      &map->from, &map->to, map->access),
		    3);
	}
	return count;
}

static bool is_closed(const struct map *map)
{
	return strncmp(map->access, "---", 3) == 0;
}

/* Part of it was mapped before memward was used. */
static bool is_older(const struct map *map)
{
	for (size_t i = 0; i < first_count; i++) {
		if (map->from < first[i].to && first[i].from < map->to)
			return true;
	}
	return false;
}

/* How many mappings are new and open; each stands between closed ones. */
static size_t check_between(void)
{
	size_t count = read_maps(now);
	size_t found = 0;

	for (size_t i = 1; i + 1 < count; i++) {
		if (is_closed(&now[i]) || is_older(&now[i]))
			continue;
		found++;
		if (now[i - 1].to != now[i].from || !is_closed(&now[i - 1]))
			TEST_FAIL(
			    "%" PRIxPTR " has no guard before it", now[i].from);
		if (now[i + 1].from != now[i].to || !is_closed(&now[i + 1]))
			TEST_FAIL(
			    "%" PRIxPTR " has no guard behind it", now[i].from);
	}
	return found;
}

static const struct map *map_of(const void *at)
{
	size_t count = read_maps(now);

	for (size_t i = 1; i + 1 < count; i++) {
		if (now[i].from <= (uintptr_t)at && (uintptr_t)at < now[i].to)
			return &now[i];
	}
	TEST_FAIL("%p is in no mapping", at);
}

static void need_own_maps(void)
{
	const char *sanitizer = support_sanitizer();

	if (sanitizer != NULL)
		child_cannot("a sanitizer maps memory of its own meanwhile");
}

static int child_look_around_records(void)
{
	memward_policy policy = unlocked_policy();
	memward_ward *ward;
	void *secret = NULL;

	need_own_maps();
	/* A first allocation of the C library's for this is not of interest. */
	CHECK_INT(pthread_atfork(NULL, NULL, NULL), 0);
	first_count = read_maps(first);
	ward = new_ward(&policy);
	/*
	 * The records, and the word that tells of forks. What comes later lies
	 * next to them and may lend them a guard, so they are looked at now.
	 */
	CHECK(check_between() >= 2);
	CHECK(!is_closed(map_of(ward)));
	secret = new_secret(ward, 32);
	/* And those of runs, the notes of this one, its page. */
	CHECK(check_between() >= 5);
	for (size_t len = 0; len < 20000; len += 100) {
		(void)new_secret(ward, len);
		(void)new_guarded(ward, len / 8, 1);
	}
	CHECK(check_between() >= 5);
	memward_free(secret);
	close_ward(ward);
	return 0;
}

static void records_stand_between_guards(void)
{
	expect_success("look_around_records");
}

/* Wards are records: so many that not one more finds room. */
static int child_fill_the_records(void)
{
	memward_policy policy = unlocked_policy();
	const char *why = support_limit_space((size_t)48 << 20);
	memward_ward *ward = NULL;
	memward_ward *last = NULL;
	const struct map *map;
	size_t count = 0;
	int rc;

	if (why != NULL)
		child_cannot(why);
	while ((rc = memward_open(&policy, &ward)) == 0) {
		last = ward;
		count++;
	}
	CHECK_CODE(rc, MEMWARD_ENOMEM);
	CHECK(count > 10);
	map = map_of(last);
	CHECK(!is_closed(map));
	/* Nothing is left but the guard, and it is as at the start. */
	CHECK(map[1].from == map->to && is_closed(&map[1]));
	CHECK_INT(map[1].to - map[1].from, page_size());
	return 0;
}

static void records_fill_up_to_their_guard(void)
{
	expect_success("fill_the_records");
}

static const struct child_entry children[] = {
    {"look_around_records", child_look_around_records},
    {"fill_the_records", child_fill_the_records},
};

static const struct test_case cases[] = {
    TEST_CASE(records_stand_between_guards),
    TEST_CASE(records_fill_up_to_their_guard),
};

int main(int argc, char **argv)
{
	support_children(children, TEST_COUNT(children));
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
