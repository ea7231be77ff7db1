/* SPDX-License-Identifier: MIT */
/*
 * A target for libFuzzer: the bytes are memory that memward scan searches for
 * keys. The first tells how much of it may begin a hit.
 */
#include "fuzz.h"

#include "keys.h"
#include "scan.h"

#include <stdlib.h>
#include <string.h>

static void expect(bool truth)
{
	if (!truth)
		abort();
}

void scanner_hit(
    struct scanner *scanner, const struct window *window, const struct hit *hit)
{
	expect(hit->what != NULL && hit->len > 0);
	expect(hit->at < window->limit);
	expect(hit->len <= window->len - hit->at);
	expect(memchr(hit->more, '\0', sizeof(hit->more)) != NULL);
	scanner->hits++;
}

static void check_parser(
    bool parse(const unsigned char *, size_t, struct key_found *),
    const uint8_t *data, size_t size)
{
	struct key_found found;

	if (parse(data, size, &found))
		expect(
		    found.what != NULL && found.len > 0 && found.len <= size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct scratch scratch = {{1, 2}, {0}};
	struct scanner scanner = {.scratch = &scratch};
	struct window window = {.at = 4096};
	unsigned char *copy;

	if (size < 1)
		return 0;
	/* Exactly so many bytes, so that a look behind them is seen. */
	copy = malloc(size);
	if (copy == NULL)
		return 0;
	memcpy(copy, data, size);
	window.bytes = copy + 1;
	window.len = size - 1;
	window.limit = window.len - window.len * copy[0] / 256;
	check_parser(key_der, window.bytes, window.len);
	check_parser(key_pem, window.bytes, window.len);
	check_parser(key_openssh, window.bytes, window.len);
	find_schedules(&scanner, &window);
	find_der_keys(&scanner, &window);
	find_text_keys(&scanner, &window);
	free(copy);
	return 0;
}
