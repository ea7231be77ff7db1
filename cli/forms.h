/* SPDX-License-Identifier: MIT */
/* The shapes that a secret takes on its way through a program. */
#ifndef MEMWARD_CLI_FORMS_H
#define MEMWARD_CLI_FORMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What --as takes: name and bit. */
#define FORM_KINDS(X)          \
	X(RAW, "raw", 0)       \
	X(HEX, "hex", 1)       \
	X(BASE64, "base64", 2) \
	X(UTF16, "utf16", 3)   \
	X(REVERSED, "reversed", 4)

#define FORM_ENUM(name, text, bit) FORM_##name = 1 << (bit),
enum form_kind { FORM_KINDS(FORM_ENUM) FORM_ALL = 31 };
#undef FORM_ENUM

/* Raw, reversed, hex and base64 in six ways, UTF-16 in two, and to spare. */
#define FORMS_MAX 16

/* A pattern to be found as it stands, or with separators in between. */
struct form {
	const char *name; /* "base64, offset 1" */
	size_t at;        /* of its first byte in the store */
	size_t len;
	size_t anchor; /* which byte is looked for first ... */
	size_t other;  /* ... and which one if that is too common */
	int shadow;    /* the same text may be found so much further on, or 0 */
	const char *separators; /* bytes that may stand in between, or "" */
};

/* In a ward: every byte of it tells of the secret. */
struct forms {
	size_t count;
	size_t longest; /* bytes that any of them can take up */
	size_t used;    /* bytes of the store */
	size_t room;
	struct form form[FORMS_MAX];
	unsigned char store[]; /* room bytes */
};

/* How large a struct forms must be for a secret of len bytes. */
size_t forms_size(size_t len);

/* Derives the forms in the set `kinds`, in zeroed memory of that size. */
void forms_prepare(
    struct forms *forms, const unsigned char *secret, size_t len, int kinds);

/*
 * The first place in [from, limit) where the form begins; all of it stands in
 * the len bytes. False: none. *end: the byte behind it.
 */
bool form_next(struct forms *forms, size_t number, const unsigned char *bytes,
    size_t len, size_t limit, size_t *from, size_t *end);

/*
 * Text in one byte order of UTF-16 with a null byte beside it is the same in
 * the other, one byte further. True: this hit is less likely than that one,
 * because it begins at an odd address.
 */
bool form_is_shadow(const struct forms *forms, size_t number,
    const unsigned char *bytes, size_t len, size_t at, uint64_t address);

#endif
