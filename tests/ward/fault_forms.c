/* SPDX-License-Identifier: MIT */
/*
 * Operations that are others in another shape, while calls fail: what they do
 * between two of those must be undone as well.
 */
#include "faults.h"

#include <errno.h>
#include <string.h>

#define LEN  700
#define SEED 11
/* A callback's answer, which is no error of memward's. */
#define CALLED 77

static char text[2 * LEN];

static int run_random(struct scene *s)
{
	/* The secret that was to be filled is freed, and its page kept. */
	s->may_keep = true;
	return memward_new_random(s->open, LEN, &s->out);
}

static int run_random_closed(struct scene *s)
{
	s->may_keep = true;
	return memward_new_random(s->closed, LEN, &s->out);
}

static void fill_text(struct scene *s)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[LEN];

	fault_fill(bytes, LEN, SEED);
	for (size_t i = 0; i < LEN; i++) {
		text[2 * i] = digits[bytes[i] / 16];
		text[2 * i + 1] = digits[bytes[i] % 16];
	}
	/* A place that was left for a shorter one may stay for others. */
	s->may_keep = true;
}

static int run_decode(struct scene *s)
{
	return memward_decode(
	    s->open, MEMWARD_HEX, text, sizeof(text), &s->out);
}

static int run_decode_closed(struct scene *s)
{
	return memward_decode(
	    s->closed, MEMWARD_HEX, text, sizeof(text), &s->out);
}

/* Line ends make room for more than comes out, so that it is resized. */
static int run_decode_less(struct scene *s)
{
	memset(text + LEN, '\n', LEN);
	return memward_decode(
	    s->closed, MEMWARD_HEX, text, sizeof(text), &s->out);
}

static void begin_look(struct scene *s, const struct kept *kept)
{
	if (kept->closed)
		DEMAND(memward_begin(s->closed, MEMWARD_READ_WRITE) == 0);
}

static void end_look(struct scene *s, const struct kept *kept)
{
	if (kept->closed)
		DEMAND(memward_end(s->closed) == 0);
}

static struct kept kept_of(const struct scene *s, bool guarded)
{
	return (struct kept){s->out, memward_size(s->out), SEED,
	    memward_ward_of(s->out) == s->closed, guarded};
}

static void check_decoded(struct scene *s, int code)
{
	struct kept kept;

	DEMAND((code == 0) == (s->out != NULL));
	if (code != 0)
		return;
	kept = kept_of(s, false);
	DEMAND(kept.len == LEN || kept.len == LEN / 2);
	fault_check_kept(s, &kept);
	memward_free(s->out);
}

/* A quarter of zeros does not come by chance. */
static void check_random(struct scene *s, int code)
{
	unsigned char *at = s->out;
	struct kept kept;
	size_t zeros = 0;

	DEMAND((code == 0) == (at != NULL));
	if (code != 0)
		return;
	kept = kept_of(s, false);
	DEMAND(kept.len == LEN);
	begin_look(s, &kept);
	for (size_t i = 0; i < LEN; i++)
		zeros += at[i] == 0;
	DEMAND(zeros < LEN / 4);
	fault_fill(at, LEN, SEED);
	end_look(s, &kept);
	fault_check_kept(s, &kept);
	memward_free(at);
}

/* In the shape of malloc errno is one of two, whatever the system's was. */
static int answer_of(struct scene *s, void *secret)
{
	s->out = secret;
	if (secret != NULL)
		return 0;
	DEMAND(errno == ENOMEM || errno == EAGAIN);
	return MEMWARD_ENOMEM;
}

static int run_array(struct scene *s)
{
	errno = 0;
	return answer_of(s, memward_alloc_array(s->open, LEN / 7, 7, 1));
}

static int run_array_closed(struct scene *s)
{
	s->may_keep = true;
	errno = 0;
	return answer_of(s, memward_alloc_array(s->closed, LEN / 7, 7, 1));
}

static int run_array_guarded(struct scene *s)
{
	errno = 0;
	return answer_of(s, memward_alloc_array(s->open, 1,
				2 * model_page_size(), model_page_size()));
}

static int run_guarded(struct scene *s)
{
	errno = 0;
	return answer_of(
	    s, memward_alloc_guarded(s->open, 2 * model_page_size(), 16));
}

static int run_guarded_closed(struct scene *s)
{
	s->may_keep = true;
	errno = 0;
	return answer_of(
	    s, memward_alloc_guarded(s->closed, 2 * model_page_size(), 16));
}

static void check_allocated(struct scene *s, int code)
{
	unsigned char *at = s->out;
	struct kept kept;

	if (code != 0)
		return;
	kept = kept_of(s, memward_protect(at, MEMWARD_READ_WRITE) == 0);
	begin_look(s, &kept);
	for (size_t i = 0; i < kept.len; i++)
		DEMAND(at[i] == 0);
	fault_fill(at, kept.len, SEED);
	end_look(s, &kept);
	fault_check_kept(s, &kept);
	memward_free(at);
}

static unsigned calls;

/* Inside, every secret of the ward can be read. */
static int look_inside(void *argument)
{
	struct scene *s = argument;

	calls++;
	for (size_t i = 0; i < KEPT; i++) {
		if (s->kept[i].closed)
			DEMAND(fault_is_filled(
			    s->kept[i].at, s->kept[i].len, s->kept[i].seed));
	}
	return CALLED;
}

static int run_with(struct scene *s, memward_access access)
{
	int code;

	calls = 0;
	code = memward_with(s->closed, access, look_inside, s);
	return code == CALLED ? 0 : code;
}

static int run_with_reading(struct scene *s)
{
	return run_with(s, MEMWARD_READ_ONLY);
}

static int run_with_writing(struct scene *s)
{
	return run_with(s, MEMWARD_READ_WRITE);
}

/* Not called, or once; and then an error is that of the window's end. */
static void check_with(struct scene *s, int code)
{
	DEMAND(calls <= 1);
	DEMAND(code != 0 || calls == 1);
	/* Either way no window is left. */
	DEMAND(memward_end(s->closed) == MEMWARD_EWINDOW);
	DEMAND(memward_begin(s->closed, MEMWARD_READ_ONLY) == 0);
	DEMAND(memward_end(s->closed) == 0);
}

static const struct act acts[] = {
    {"new random", NULL, run_random, check_random},
    {"new random, closed", NULL, run_random_closed, check_random},
    {"alloc array", NULL, run_array, check_allocated},
    {"alloc array, closed", NULL, run_array_closed, check_allocated},
    {"alloc array, guarded", NULL, run_array_guarded, check_allocated},
    {"alloc guarded", NULL, run_guarded, check_allocated},
    {"alloc guarded, closed", NULL, run_guarded_closed, check_allocated},
    {"with, reading", NULL, run_with_reading, check_with},
    {"with, writing", NULL, run_with_writing, check_with},
};

static const struct act decoding[] = {
    {"decode", fill_text, run_decode, check_decoded},
    {"decode, closed", fill_text, run_decode_closed, check_decoded},
    {"decode to less", fill_text, run_decode_less, check_decoded},
};

void faults_in_other_forms(void)
{
	for (size_t i = 0; i < TEST_COUNT(acts); i++)
		fault_fail_each(&acts[i]);
}

void faults_in_decoding(void)
{
	if (memward_seal_cipher() == NULL)
		TEST_SKIP("this memward was built without libsodium");
	for (size_t i = 0; i < TEST_COUNT(decoding); i++)
		fault_fail_each(&decoding[i]);
}
