/* SPDX-License-Identifier: MIT */
/* What is taken from this process's own memory, made up or decoded. */
#include "input_cases.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static unsigned char bytes[20000];

static void take_bytes(memward_ward *ward)
{
	static const size_t lengths[] = {0, 1, 4096, 20000};

	for (unsigned i = 0; i < TEST_COUNT(lengths); i++) {
		void *secret = NULL;
		void *again = NULL;

		memset(bytes, FILLED, sizeof(bytes));
		fill(bytes, lengths[i], i);
		check_granted(memward_take(ward, bytes, lengths[i], &secret));
		/* Wiped, and not a byte further. */
		CHECK(holds(bytes, lengths[i], 0));
		CHECK(holds(
		    bytes + lengths[i], sizeof(bytes) - lengths[i], FILLED));
		/* From one secret to another, of the same ward. */
		CHECK_CODE(memward_begin(ward, MEMWARD_READ_WRITE), 0);
		check_granted(memward_take(ward, secret, lengths[i], &again));
		CHECK(holds(secret, lengths[i], 0));
		CHECK_CODE(memward_end(ward), 0);
		memward_free(secret);
		expect_pattern(again, lengths[i], i);
	}
}

void memory_is_taken_and_wiped(void)
{
	on_every_kind(take_bytes);
}

extern char **environ;

#define NAME "MEMWARD_INPUT_TEST"

static void take_variable(memward_ward *ward)
{
	static const char *const values[] = {"", "x", "a value = with marks"};
	char place[64];

	for (size_t i = 0; i < TEST_COUNT(values); i++) {
		void *secret = NULL;
		size_t len = strlen(values[i]);
		const char *value;

		/* As putenv() has it, the environment is our own memory. */
		(void)snprintf(place, sizeof(place), NAME "=%s", values[i]);
		CHECK_INT(putenv(place), 0);
		value = getenv(NAME);
		CHECK(value != NULL);
		CHECK_CODE(memward_take_environment(ward, NAME, &secret), 0);
		CHECK(getenv(NAME) == NULL);
		CHECK(holds(value, len, 0));
		expect_text(secret, values[i]);
	}
	CHECK_INT(setenv(NAME "_2", "stays", 1), 0);
	CHECK_STR(getenv(NAME "_2"), "stays");
	CHECK_INT(unsetenv(NAME "_2"), 0);
}

void a_variable_is_taken_out(void)
{
	on_every_kind(take_variable);
}

void a_variable_that_stands_twice(void)
{
	char first[] = NAME "=one";
	char other[] = "OTHER=kept";
	char second[] = NAME "=two";
	char *twice[] = {first, other, second, NULL};
	char **before = environ;
	void *secret = NULL;
	int rc;

	environ = twice;
	rc = memward_take_environment(NULL, NAME, &secret);
	environ = before;
	CHECK_CODE(rc, 0);
	expect_text(secret, "one");
	CHECK(holds(first + sizeof(NAME), 4, 0));
	CHECK(holds(second + sizeof(NAME), 4, 0));
	CHECK(twice[0] == other && twice[1] == NULL);
}

void variables_that_are_not_there(void)
{
	void *secret = NULL;

	CHECK_INT(setenv(NAME, "x", 1), 0);
	CHECK_CODE(memward_take_environment(NULL, NAME "_2", &secret),
	    MEMWARD_ENOTFOUND);
	CHECK_CODE(memward_take_environment(NULL, "MEMWARD_INPUT", &secret),
	    MEMWARD_ENOTFOUND);
	CHECK_CODE(memward_take_environment(NULL, "", &secret), MEMWARD_EVALUE);
	CHECK_CODE(
	    memward_take_environment(NULL, NAME "=x", &secret), MEMWARD_EVALUE);
	CHECK(secret == NULL);
	CHECK_STR(getenv(NAME), "x");
	CHECK_INT(unsetenv(NAME), 0);
}

#define VALUE "what-nobody-is-to-see-any-more"

/* Whether /proc/self/environ shows the value. 2: there is no such file. */
static int shown(void)
{
	static char block[1 << 20];
	int fd = open("/proc/self/environ", O_RDONLY);
	ssize_t n;
	ssize_t len = 0;
	int found = 0;

	if (fd < 0)
		return 2;
	while ((n = read(fd, block + len, sizeof(block) - 1 - (size_t)len)) > 0)
		len += n;
	(void)close(fd);
	for (ssize_t i = 0; i + (ssize_t)sizeof(VALUE) <= len + 1; i++)
		found |= memcmp(block + i, VALUE, sizeof(VALUE) - 1) == 0;
	return found;
}

/* As most programs do it. */
int child_input_getenv(void)
{
	if (shown() == 2)
		child_cannot("this system has no /proc/self/environ");
	CHECK(getenv(NAME) != NULL);
	CHECK_INT(unsetenv(NAME), 0);
	CHECK_INT(shown(), 1);
	return 0;
}

int child_input_environment(void)
{
	void *secret = NULL;

	if (shown() == 2)
		child_cannot("this system has no /proc/self/environ");
	CHECK_INT(shown(), 1);
	CHECK_CODE(memward_take_environment(NULL, NAME, &secret), 0);
	CHECK_INT(shown(), 0);
	expect_text(secret, VALUE);
	return 0;
}

void the_kernels_copy_is_wiped(void)
{
	CHECK_INT(setenv(NAME, VALUE, 1), 0);
	/* The control: to remove it is not enough. */
	expect_success("input_getenv");
	expect_success("input_environment");
	CHECK_INT(unsetenv(NAME), 0);
}

static void make_random(memward_ward *ward)
{
	static const size_t lengths[] = {0, 1, 32, 5000};
	unsigned char *one;
	unsigned char *two;

	for (size_t i = 0; i < TEST_COUNT(lengths); i++) {
		void *secret = NULL;

		CHECK_CODE(memward_new_random(ward, lengths[i], &secret), 0);
		CHECK_INT(memward_size(secret), lengths[i]);
		memward_check(secret);
		memward_free(secret);
	}
	CHECK_CODE(memward_new_random(ward, 32, (void **)&one), 0);
	CHECK_CODE(memward_new_random(ward, 32, (void **)&two), 0);
	CHECK_CODE(memward_begin(ward, MEMWARD_READ_ONLY), 0);
	CHECK(!memward_equal(one, two, 32));
	CHECK(!holds(one, 32, 0));
	CHECK_CODE(memward_end(ward), 0);
	memward_free(one);
	memward_free(two);
}

void random_secrets_differ(void)
{
	on_every_kind(make_random);
}

static void need_sodium(void)
{
	void *secret = NULL;

	if (memward_seal_cipher() != NULL)
		return;
	CHECK_CODE(memward_decode(NULL, MEMWARD_HEX, "00", 2, &secret),
	    MEMWARD_EUNSUPPORTED);
	TEST_SKIP("this memward was built without libsodium");
}

struct encoded {
	memward_encoding encoding;
	const char *text;
	const char *plain; /* NULL: malformed */
};

static const struct encoded good[] = {
    {MEMWARD_HEX, "", ""},
    {MEMWARD_HEX, "666f6F", "foo"},
    {MEMWARD_HEX, "66\n6f\r\n6F\n", "foo"},
    {MEMWARD_BASE64, "", ""},
    {MEMWARD_BASE64, "Zg==", "f"},
    {MEMWARD_BASE64, "Zg", "f"},
    {MEMWARD_BASE64, "Zm8=", "fo"},
    {MEMWARD_BASE64, "Zm9v", "foo"},
    {MEMWARD_BASE64, "Zm9v\nYmFy\n", "foobar"},
    {MEMWARD_BASE64, "Zg==\r\n", "f"},
    {MEMWARD_BASE64, "fn5+", "~~~"},
    {MEMWARD_BASE64, "Pz8/", "???"},
    {MEMWARD_BASE64_URL, "fn5-", "~~~"},
    {MEMWARD_BASE64_URL, "Pz8_", "???"},
    {MEMWARD_BASE64_URL, "Zg", "f"},
    {MEMWARD_BASE64_URL, "Zg==", "f"},
};

static void decode_all(memward_ward *ward)
{
	for (size_t i = 0; i < TEST_COUNT(good); i++) {
		void *secret = NULL;

		CHECK_CODE(memward_decode(ward, good[i].encoding, good[i].text,
			       strlen(good[i].text), &secret),
		    0);
		expect_text(secret, good[i].plain);
	}
}

void texts_are_decoded(void)
{
	need_sodium();
	on_every_kind(decode_all);
}

static const struct encoded bad[] = {
    {MEMWARD_HEX, "6", NULL},
    {MEMWARD_HEX, "666", NULL},
    {MEMWARD_HEX, "6g", NULL},
    {MEMWARD_HEX, "6 6", NULL},
    {MEMWARD_HEX, "0x66", NULL},
    {MEMWARD_HEX, "6\n6", NULL},
    {MEMWARD_BASE64, "Z", NULL},
    {MEMWARD_BASE64, "Zg=", NULL},
    {MEMWARD_BASE64, "Zg===", NULL},
    {MEMWARD_BASE64, "=", NULL},
    {MEMWARD_BASE64, "Zh==", NULL},
    {MEMWARD_BASE64, "Zm9v Zm9v", NULL},
    {MEMWARD_BASE64, "fn5-", NULL},
    {MEMWARD_BASE64, "Zg==Zg==", NULL},
    {MEMWARD_BASE64_URL, "fn5+", NULL},
    {MEMWARD_BASE64_URL, "Z", NULL},
};

static void refuse(
    memward_ward *ward, memward_encoding encoding, const char *text, size_t len)
{
	void *secret = NULL;

	CHECK_CODE(memward_decode(ward, encoding, text, len, &secret),
	    MEMWARD_EMALFORMED);
	CHECK(secret == NULL);
}

static void refuse_all(memward_ward *ward)
{
	uint64_t live = budget_of(ward, 32).live;

	for (size_t i = 0; i < TEST_COUNT(bad); i++)
		refuse(ward, bad[i].encoding, bad[i].text, strlen(bad[i].text));
	refuse(ward, MEMWARD_HEX, "66\0", 3);
	refuse(ward, MEMWARD_HEX,
	    "66\0"
	    "66",
	    5);
	refuse(ward, MEMWARD_BASE64, "Zm9v\0", 5);
	CHECK_INT(budget_of(ward, 32).live, live);
}

void malformed_texts_are_refused(void)
{
	need_sodium();
	on_every_kind(refuse_all);
}

static void decode_secret(memward_ward *ward)
{
	int fd;
	void *text = NULL;
	void *secret = NULL;
	int ends[2];

	CHECK_INT(pipe(ends), 0);
	CHECK_INT(write(ends[1], "Zm9vYmFy\n", 9), 9);
	CHECK_INT(close(ends[1]), 0);
	fd = ends[0];
	CHECK_CODE(memward_read_fd(ward, fd, MEMWARD_TO_END, 100, &text), 0);
	CHECK_INT(close(fd), 0);
	CHECK_CODE(memward_begin(ward, MEMWARD_READ_ONLY), 0);
	CHECK_CODE(memward_decode(
		       ward, MEMWARD_BASE64, text, memward_size(text), &secret),
	    0);
	CHECK_CODE(memward_end(ward), 0);
	memward_free(text);
	expect_text(secret, "foobar");
}

void a_text_may_be_a_secret(void)
{
	need_sodium();
	on_every_kind(decode_secret);
}

void arguments_of_taking_are_checked(void)
{
	const memward_encoding none = (memward_encoding)0;
	const memward_encoding unknown = (memward_encoding)4;
	void *secret = NULL;

	CHECK_CODE(memward_take(NULL, bytes, 1, NULL), MEMWARD_ENULL);
	CHECK_CODE(memward_take(NULL, NULL, 1, &secret), MEMWARD_ENULL);
	CHECK_CODE(
	    memward_take_environment(NULL, NULL, &secret), MEMWARD_ENULL);
	CHECK_CODE(memward_take_environment(NULL, "x", NULL), MEMWARD_ENULL);
	CHECK_CODE(memward_new_random(NULL, 1, NULL), MEMWARD_ENULL);
	CHECK_CODE(
	    memward_decode(NULL, MEMWARD_HEX, "", 0, NULL), MEMWARD_ENULL);
	CHECK_CODE(
	    memward_decode(NULL, MEMWARD_HEX, NULL, 1, &secret), MEMWARD_ENULL);
	CHECK_CODE(memward_decode(NULL, none, "", 0, &secret), MEMWARD_EVALUE);
	CHECK_CODE(
	    memward_decode(NULL, unknown, "", 0, &secret), MEMWARD_EVALUE);
	/* Where nothing could be read, nothing is lost. */
	bytes[0] = FILLED;
	CHECK_CODE(
	    memward_take(NULL, bytes, SIZE_MAX, &secret), MEMWARD_EOVERFLOW);
	CHECK_INT(bytes[0], FILLED);
	CHECK(secret == NULL);
}
