/* SPDX-License-Identifier: MIT */
/* Built without sealing: every call of it says so, and does nothing. */
#include "harness.h"

#include "memward.h"

#include <string.h>

static void no_cipher_is_named(void)
{
	CHECK(memward_seal_cipher() == NULL);
}

static void nothing_is_sealed(void)
{
	memward_sealed *sealed = NULL;
	memward_stream *stream = NULL;
	void *secret = NULL;
	void *other = NULL;
	int rc = memward_new(NULL, 32, &secret);

	if (rc == MEMWARD_ELOCKLIMIT || rc == MEMWARD_ELOCKPRIV)
		TEST_SKIP("this process may lock nothing");
	CHECK_CODE(rc, 0);
	memset(secret, 0x5a, 32);
	CHECK_CODE(
	    memward_seal(secret, NULL, 0, &sealed), MEMWARD_EUNSUPPORTED);
	CHECK(sealed == NULL);
	for (int i = 0; i < 32; i++)
		CHECK_INT(((unsigned char *)secret)[i], 0x5a);
	CHECK_CODE(memward_rekey(), MEMWARD_EUNSUPPORTED);
	CHECK_CODE(memward_stream_open(NULL, 0, &stream), MEMWARD_EUNSUPPORTED);
	CHECK(stream == NULL);
	CHECK_CODE(memward_decode(NULL, MEMWARD_HEX, "00", 2, &other),
	    MEMWARD_EUNSUPPORTED);
	CHECK(other == NULL);
	memward_free(secret);
}

static void nothing_is_nothing(void)
{
	char byte;
	size_t got;

	memward_sealed_free(NULL);
	memward_stream_free(NULL);
	memward_stream_rewind(NULL);
	CHECK_INT(memward_sealed_size(NULL), 0);
	CHECK_INT(memward_stream_size(NULL), 0);
	CHECK(memward_sealed_cipher(NULL) == NULL);
	CHECK_CODE(memward_stream_write(NULL, "x", 1), MEMWARD_ENULL);
	CHECK_CODE(memward_stream_read(NULL, &byte, 1, &got), MEMWARD_ENULL);
	CHECK_CODE(memward_stream_flush(NULL), MEMWARD_ENULL);
}

static const struct test_case cases[] = {
    TEST_CASE(no_cipher_is_named),
    TEST_CASE(nothing_is_sealed),
    TEST_CASE(nothing_is_nothing),
};

int main(int argc, char **argv)
{
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
