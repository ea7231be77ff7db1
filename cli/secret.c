/* SPDX-License-Identifier: MIT */
#include "secret.h"
#include "cli.h"
#include "memward/mem_sys.h"
#include "peek.h"

#include <stdio.h>
#include <string.h>

#define RANDOM_LEN 64
#define SIZE       (sizeof(struct secrets) + PEEK_BUFFER)

static bool complain(const char *path, const char *why)
{
	(void)fprintf(stderr, "memward prove: %s: %s\n", path, why);
	return false;
}

static bool read_secret(struct needle *needle, const char *path)
{
	const char *why;
	unsigned char *bytes = needle->secret;

	/* One byte more than is taken tells a file that is too large. */
	if (!peek_read_file(path, bytes, SECRET_MAX + 1, &needle->len, &why))
		return complain(path, why);
	if (needle->len == 0)
		return complain(path, "the file is empty");
	if (needle->len < SECRET_MIN)
		return complain(path,
		    "too short: fewer than 8 bytes stand in any memory by "
		    "chance");
	if (needle->len > SECRET_MAX)
		return complain(path, "larger than 64 KiB");
	return true;
}

/*
 * The search must find the secret wherever a machine may have put it: at
 * every place within a word; and must not find it where it is not.
 */
static bool check_search(const struct needle *needle, unsigned char *buffer)
{
	bool found = true;

	for (size_t i = 0; found && i < NEEDLE_BLOCK; i++) {
		memset(buffer, 0xa5, needle->len + 2 * NEEDLE_BLOCK);
		memcpy(buffer + i, needle->secret, needle->len);
		found = needle_found(
		    needle, buffer, needle->len + 2 * NEEDLE_BLOCK);
	}
	memset(buffer, 0xa5, needle->len + 2 * NEEDLE_BLOCK);
	found = found && !needle_found(needle, buffer, needle->len);
	memward_wipe(buffer, needle->len + 2 * NEEDLE_BLOCK);
	return found;
}

static bool fill(struct secrets *secrets, const char *path)
{
	struct needle *real = &secrets->real;
	struct needle *decoy = &secrets->decoy;

	real->len = RANDOM_LEN;
	if (path != NULL && !read_secret(real, path))
		return false;
	decoy->len = real->len;
	if ((path == NULL && !peek_random(real->secret, real->len)) ||
	    !peek_random(decoy->secret, decoy->len))
		return complain("random bytes", "this system gives none");
	if (!needle_prepare(real) || !check_search(real, secrets->buffer))
		return complain(path != NULL ? path : "random bytes",
		    "too regular: such bytes stand in any memory");
	return needle_prepare(decoy) && check_search(decoy, secrets->buffer);
}

bool secrets_take(struct secrets **secrets, const char *path, bool *locked)
{
	void *mem;
	int code = memward_sys_alloc(SIZE, &mem);

	if (code != 0)
		return complain("memory", memward_error_text(code));
	*secrets = mem;
	*locked = memward_sys_lock(mem, SIZE) == 0;
	if (fill(*secrets, path))
		return true;
	secrets_free(*secrets);
	return false;
}

void secrets_free(struct secrets *secrets)
{
	int code = memward_sys_free(secrets, SIZE);

	if (code != 0)
		(void)complain("memory", memward_error_text(code));
}
