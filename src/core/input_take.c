/* SPDX-License-Identifier: MIT */
/* Secrets from this process's own memory, and random ones. */
#include "copy.h"
#include "ward.h"

#include "cipher/cipher.h"
#include "mem_sys/input.h"

#include <string.h>

/* A new secret in a window. */
static int begin_new(memward_ward *ward, size_t len, void **fresh)
{
	int rc = memward_new(ward, len, fresh);

	if (rc != 0)
		return rc;
	rc = memward_begin(ward, MEMWARD_READ_WRITE);
	if (rc != 0)
		memward_free(*fresh);
	return rc;
}

/* Ends the window, and hands the secret out or gives it up. */
static int end_new(memward_ward *ward, int rc, void *fresh, void **secret)
{
	int end;

	/* What comes after memward_wipe_all() is not kept. */
	if (rc == 0 && atomic_load(&mw_ward_wiped)) {
		memward_wipe(fresh, memward_size(fresh));
		rc = MEMWARD_EWIPEDALL;
	}
	end = memward_end(ward);
	if (rc == 0)
		rc = end;
	if (rc == 0)
		*secret = fresh;
	else
		memward_free(fresh);
	return rc;
}

static int copy_new(
    memward_ward *ward, const void *mem, size_t len, void **secret)
{
	void *fresh;
	int rc = begin_new(ward, len, &fresh);

	if (rc != 0)
		return rc;
	mw_copy_by_bytes(fresh, mem, len);
	return end_new(ward, 0, fresh, secret);
}

int memward_take(memward_ward *ward, void *mem, size_t len, void **secret)
{
	int rc;

	if (secret == NULL || (mem == NULL && len != 0))
		return MEMWARD_ENULL;
	rc = copy_new(ward, mem, len, secret);
	if (rc == 0)
		memward_wipe(mem, len);
	return rc;
}

int memward_take_environment(
    memward_ward *ward, const char *name, void **secret)
{
	const char *value;
	void *fresh;
	int rc;

	if (name == NULL || secret == NULL)
		return MEMWARD_ENULL;
	if (name[0] == '\0' || strchr(name, '=') != NULL)
		return MEMWARD_EVALUE;
	if (!mw_sys_reaches_environment())
		return MEMWARD_EUNSUPPORTED;
	value = mw_sys_environment_value(name);
	if (value == NULL)
		return MEMWARD_ENOTFOUND;
	rc = copy_new(ward, value, strlen(value), &fresh);
	if (rc != 0)
		return rc;
	mw_sys_environment_wipe(name);
	*secret = fresh;
	return 0;
}

int memward_new_random(memward_ward *ward, size_t len, void **secret)
{
	void *fresh;
	int rc;

	if (secret == NULL)
		return MEMWARD_ENULL;
	rc = begin_new(ward, len, &fresh);
	if (rc != 0)
		return rc;
	rc = mw_sys_random(fresh, len);
	return end_new(ward, rc, fresh, secret);
}

/* More than the bytes of a text can come to. */
static size_t decoded_most(memward_encoding encoding, size_t len)
{
	return encoding == MEMWARD_HEX ? len / 2 : len / 4 * 3 + 3;
}

int memward_decode(memward_ward *ward, memward_encoding encoding,
    const void *text, size_t len, void **secret)
{
	enum mw_cipher unused;
	size_t got = 0;
	void *fresh;
	int rc;

	if (secret == NULL || (text == NULL && len != 0))
		return MEMWARD_ENULL;
	if (encoding < MEMWARD_HEX || encoding > MEMWARD_BASE64_URL)
		return MEMWARD_EVALUE;
	rc = mw_cipher_start(&unused);
	if (rc == 0)
		rc = begin_new(ward, decoded_most(encoding, len), &fresh);
	if (rc != 0)
		return rc;
	if (!mw_cipher_decode((enum mw_text)encoding, text, len, fresh,
		decoded_most(encoding, len), &got))
		rc = MEMWARD_EMALFORMED;
	rc = end_new(ward, rc, fresh, &fresh);
	if (rc != 0)
		return rc;
	rc = memward_resize(&fresh, got);
	if (rc == 0)
		*secret = fresh;
	else
		memward_free(fresh);
	return rc;
}
