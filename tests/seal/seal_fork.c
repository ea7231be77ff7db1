/* SPDX-License-Identifier: MIT */
/* Children; everything wiped; core files. */
#include "seal_cases.h"

#include "ward/fork_cases.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static memward_sealed *inherited;

static void open_inherited(void)
{
	memward_sealed *own = NULL;

	expect_pattern(inherited, 1, "ctx");
	check_granted(memward_rekey());
	own = seal_pattern(inherited->ward, 32, 2, NULL);
	expect_pattern(own, 2, NULL);
	expect_pattern(inherited, 1, "ctx");
	memward_sealed_free(own);
	memward_sealed_free(inherited);
}

/* Runs check() in a child of a process that holds an object of a ward. */
static void inherit(memward_fork_rule rule, void (*run)(void (*check)(void)),
    void (*check)(void))
{
	memward_policy policy = MEMWARD_POLICY_INIT;
	memward_ward *ward = NULL;
	int rc;

	policy.fork = rule;
	policy.rest = MEMWARD_NO_ACCESS;
	rc = memward_open(&policy, &ward);
	if (rc == MEMWARD_EUNSUPPORTED)
		TEST_SKIP("this system does not have that fork rule");
	check_granted(rc);
	inherited = seal_pattern(ward, 32, 1, "ctx");
	run(check);
	/* With a key that is cached as well. */
	CHECK_CODE(memward_begin(ward, MEMWARD_READ_WRITE), 0);
	expect_pattern(inherited, 1, "ctx");
	run(check);
	CHECK_CODE(memward_end(ward), 0);
	expect_pattern(inherited, 1, "ctx");
	memward_sealed_free(inherited);
	CHECK_CODE(memward_close(ward), 0);
}

void a_child_opens_what_it_inherits(void)
{
	inherit(MEMWARD_FORK_KEEP, in_fork, open_inherited);
}

void a_child_without_hooks_opens_it_too(void)
{
	inherit(MEMWARD_FORK_KEEP, in_clone, open_inherited);
}

static void fail_to_open(void)
{
	memward_sealed *own;

	expect_sealed(inherited, "ctx");
	/* The ward goes on, with a share of its own. */
	own = seal_pattern(inherited->ward, 32, 2, NULL);
	expect_pattern(own, 2, NULL);
	expect_sealed(inherited, "ctx");
	memward_sealed_free(own);
	memward_sealed_free(inherited);
}

void a_child_under_omit_cannot_open(void)
{
	inherit(MEMWARD_FORK_OMIT, in_fork, fail_to_open);
}

void a_child_under_wipe_cannot_open(void)
{
	inherit(MEMWARD_FORK_WIPE, in_fork, fail_to_open);
}

#define DRAWN 8

/* Seen by parent and child. */
static unsigned char (*child_nonces)[MW_CIPHER_NONCE];

static void draw(unsigned char drawn[DRAWN][MW_CIPHER_NONCE])
{
	for (int i = 0; i < DRAWN; i++) {
		memward_sealed *sealed = seal_pattern(NULL, 0, 0, NULL);

		memcpy(drawn[i], sealed->box,
		    mw_cipher_nonce_bytes(sealed->cipher));
		memward_sealed_free(sealed);
	}
}

static void draw_in_child(void)
{
	draw(child_nonces);
}

/* The parent has some left that it drew at once; a child must not use them. */
static void draw_in_both(void (*run)(void (*check)(void)))
{
	unsigned char own[DRAWN][MW_CIPHER_NONCE];

	child_nonces = mmap(NULL, DRAWN * MW_CIPHER_NONCE,
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANON, -1, 0);
	CHECK(child_nonces != MAP_FAILED);
	memward_sealed_free(seal_pattern(NULL, 0, 0, NULL));
	run(draw_in_child);
	memset(own, 0, sizeof(own));
	draw(own);
	for (int i = 0; i < DRAWN; i++) {
		CHECK(!holds(child_nonces[i], 24, 0));
		for (int k = 0; k < DRAWN; k++)
			CHECK(memcmp(child_nonces[i], own[k], 24) != 0);
	}
}

void a_child_without_hooks_opens_no_more(void)
{
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;

	CHECK_CODE(memward_sys_query(&info), 0);
	if ((info.granted & MEMWARD_SYS_FORK_WIPE) == 0)
		TEST_SKIP("without fork_wipe no fork that runs no hooks is "
			  "noticed");
	inherit(MEMWARD_FORK_OMIT, in_clone, fail_to_open);
	inherit(MEMWARD_FORK_WIPE, in_clone, fail_to_open);
	draw_in_both(in_clone);
}

void parent_and_child_share_no_nonce(void)
{
	draw_in_both(in_fork);
}

static memward_stream *new_stream(void)
{
	memward_stream *stream = NULL;

	check_granted(memward_stream_open(NULL, 100, &stream));
	CHECK_CODE(memward_stream_write(stream, "some bytes", 10), 0);
	return stream;
}

int child_seal_wipe_all(void)
{
	memward_sealed *sealed = seal_pattern(NULL, 32, 1, NULL);
	unsigned char *secret = new_secret(NULL, 32);
	memward_stream *stream = new_stream();
	memward_sealed *more = NULL;
	memward_stream *other = NULL;
	void *opened = NULL;
	char byte;
	size_t got;

	CHECK_CODE(memward_begin(NULL, MEMWARD_READ_WRITE), 0);
	expect_pattern(sealed, 1, NULL);
	CHECK_INT(memward_wipe_all(), 0);
	CHECK(holds(sealed->generation->prekey, MW_SEAL_PREKEY, 0));
	CHECK(holds(atomic_load(&sealed->ward->seal_keys),
	    sizeof(struct mw_seal_keys), 0));
	CHECK_CODE(memward_unseal(sealed, NULL, 0, &opened), MEMWARD_EWIPEDALL);
	CHECK_CODE(
	    memward_unseal_into(sealed, NULL, 0, secret), MEMWARD_EWIPEDALL);
	CHECK_CODE(memward_seal(secret, NULL, 0, &more), MEMWARD_EWIPEDALL);
	CHECK_CODE(memward_rekey(), MEMWARD_EWIPEDALL);
	CHECK_CODE(memward_stream_open(NULL, 0, &other), MEMWARD_EWIPEDALL);
	CHECK_CODE(memward_stream_write(stream, "b", 1), MEMWARD_EWIPEDALL);
	CHECK_CODE(
	    memward_stream_read(stream, &byte, 1, &got), MEMWARD_EWIPEDALL);
	CHECK_CODE(memward_stream_flush(stream), MEMWARD_EWIPEDALL);
	CHECK(opened == NULL && more == NULL && other == NULL);
	/* What is left can be freed. */
	memward_stream_free(stream);
	memward_sealed_free(sealed);
	memward_free(secret);
	return 0;
}

void all_wiped_is_told(void)
{
	expect_success("seal_wipe_all");
}

/* The start of the pre-key, of the share, of the key while it is cached. */
enum part { PREKEY, SHARE, CACHED, PARTS };

#define SEEN 32

/*
 * Stands in for random bytes: the parent knows what to look for, and the text
 * of this program does not have it.
 */
static void put_part(unsigned char *at, enum part part)
{
	uint32_t state = 0x736561u + (uint32_t)part;

	for (size_t i = 0; i < SEEN; i++) {
		state = state * 1664525 + 1013904223;
		write_byte(at + i, (unsigned char)(state >> 24));
	}
}

int child_seal_dump_plain(void)
{
	unsigned char *mem = malloc(PARTS * SEEN);

	CHECK(mem != NULL);
	for (int part = 0; part < PARTS; part++)
		put_part(mem + part * SEEN, (enum part)part);
	support_crash();
}

/* Everything is where the library has it, at the worst moment. */
int child_seal_dump(void)
{
	memward_sealed *sealed = seal_pattern(NULL, 32, 1, NULL);
	struct mw_seal_keys *keys = atomic_load(&sealed->ward->seal_keys);

	put_part(sealed->generation->prekey, PREKEY);
	put_part(keys->share, SHARE);
	CHECK_CODE(memward_begin(NULL, MEMWARD_READ_WRITE), 0);
	memward_sealed_free(seal_pattern(NULL, 32, 1, NULL));
	CHECK(atomic_load(&sealed->ward->seal_cached) != 0);
	put_part(keys->cached, CACHED);
	support_crash();
}

void no_key_is_in_a_core_file(void)
{
	unsigned char pattern[SEEN];
	struct core_result result;

	/* What the child needs can be had here, or the case is skipped. */
	memward_sealed_free(seal_pattern(NULL, 32, 1, NULL));
	for (int part = 0; part < PARTS; part++) {
		put_part(pattern, (enum part)part);
		result = support_core_of("seal_dump_plain", pattern, SEEN);
		if (result.outcome == CORE_UNTESTABLE ||
		    result.outcome == CORE_ELSEWHERE)
			TEST_SKIP("%s", result.reason);
		CHECK_INT(result.outcome, CORE_HOLDS);
		result = support_core_of("seal_dump", pattern, SEEN);
		CHECK_INT(result.outcome, CORE_LACKS);
	}
}
