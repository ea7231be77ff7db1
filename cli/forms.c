/* SPDX-License-Identifier: MIT */
#include "forms.h"

#include <string.h>

/* Printed keys have colons or blanks between bytes, and lines. */
#define HEX_SEPARATORS    " :-\r\n"
#define BASE64_SEPARATORS "\r\n"
/* With a separator behind every byte that is written as two. */
#define STRETCH 2

size_t forms_size(size_t len)
{
	/* Raw, reversed, hex twice, base64 six times, UTF-16 twice. */
	return sizeof(struct forms) + len * (1 + 1 + 2 * 2 + 2 * 2) +
	       6 * (len * 4 / 3 + 8);
}

/* How often a byte stands in memory: programs, text, counters, zeros. */
static unsigned commonness(unsigned char c)
{
	if (c == 0)
		return 9;
	if (c == 0xff || c == ' ' || c == 'e')
		return 8;
	if ((c >= 'a' && c <= 'z') || c < 0x20 || c == 0x48 || c == 0x8b)
		return 6;
	if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
		return 4;
	return c < 0x80 || c % 16 == 0 ? 3 : 1;
}

static void choose_anchors(struct form *form, const unsigned char *bytes)
{
	for (size_t i = 1; i < form->len; i++) {
		if (commonness(bytes[i]) < commonness(bytes[form->anchor])) {
			form->other = form->anchor;
			form->anchor = i;
		}
	}
}

/* Where the next form is written. */
static unsigned char *space(struct forms *forms)
{
	return forms->store + forms->used;
}

/* What was written there is a form, unless there is one like it. */
static void add(
    struct forms *forms, const char *name, size_t len, const char *separators)
{
	struct form *form = &forms->form[forms->count];
	size_t most = separators[0] != '\0' ? STRETCH * len : len;

	for (size_t i = 0; i < forms->count; i++) {
		const struct form *known = &forms->form[i];

		if (known->len == len &&
		    memcmp(forms->store + known->at, space(forms), len) == 0)
			return;
	}
	*form = (struct form){.name = name,
	    .at = forms->used,
	    .len = len,
	    .separators = separators};
	choose_anchors(form, space(forms));
	forms->used += len;
	forms->count++;
	if (most > forms->longest)
		forms->longest = most;
}

static void add_raw(
    struct forms *forms, const unsigned char *secret, size_t len)
{
	memcpy(space(forms), secret, len);
	add(forms, "raw", len, "");
}

static void add_reversed(
    struct forms *forms, const unsigned char *secret, size_t len)
{
	unsigned char *to = space(forms);

	for (size_t i = 0; i < len; i++)
		to[i] = secret[len - 1 - i];
	add(forms, "reversed", len, "");
}

static void add_hex(struct forms *forms, const unsigned char *secret,
    size_t len, const char *name, const char *digits)
{
	unsigned char *to = space(forms);

	for (size_t i = 0; i < len; i++) {
		to[2 * i] = (unsigned char)digits[secret[i] >> 4];
		to[2 * i + 1] = (unsigned char)digits[secret[i] & 15];
	}
	add(forms, name, 2 * len, HEX_SEPARATORS);
}

/*
 * Six bits of the secret as a number, where `before` unknown bytes stand
 * before it in what is encoded.
 */
static unsigned six_bits(
    const unsigned char *secret, size_t len, size_t before, size_t number)
{
	unsigned bits = 0;

	for (size_t i = 6 * number; i < 6 * number + 6; i++) {
		size_t byte = i / 8 - before;

		bits <<= 1;
		if (byte < len)
			bits |= (unsigned)secret[byte] >> (7 - i % 8) & 1;
	}
	return bits;
}

/* Only characters that the secret alone decides. */
static void add_base64(struct forms *forms, const unsigned char *secret,
    size_t len, size_t before, bool url)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmn"
				     "opqrstuvwxyz0123456789+/-_";
	static const char *const names[2][3] = {
	    {"base64, offset 0", "base64, offset 1", "base64, offset 2"},
	    {"base64url, offset 0", "base64url, offset 1",
		"base64url, offset 2"},
	};
	unsigned char *to = space(forms);
	size_t first = (8 * before + 5) / 6;
	size_t end = 8 * (before + len) / 6;

	for (size_t i = first; i < end; i++) {
		unsigned bits = six_bits(secret, len, before, i);

		if (url && bits >= 62)
			bits += 2;
		to[i - first] = (unsigned char)digits[bits];
	}
	add(forms, names[url][before], end - first, BASE64_SEPARATORS);
}

/* The next character of UTF-8; its length, or 0 where it is none. */
static size_t decode(const unsigned char *text, size_t len, uint32_t *code)
{
	size_t more = text[0] < 0x80   ? 0
		      : text[0] < 0xc2 ? len
		      : text[0] < 0xe0 ? 1
		      : text[0] < 0xf0 ? 2
		      : text[0] < 0xf5 ? 3
				       : len;

	if (more >= len)
		return 0;
	*code = more == 0 ? text[0] : text[0] & (0x3fU >> more);
	for (size_t i = 1; i <= more; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (text[i] & 0x3fU);
	}
	return more + 1;
}

static size_t put_unit(unsigned char *to, uint32_t unit, bool big)
{
	to[big ? 1 : 0] = (unsigned char)(unit & 0xff);
	to[big ? 0 : 1] = (unsigned char)(unit >> 8);
	return 2;
}

/* Text that is not UTF-8 is taken to be Latin-1. */
static void add_utf16(struct forms *forms, const unsigned char *secret,
    size_t len, const char *name, bool big)
{
	unsigned char *to = space(forms);
	size_t used = 0;
	size_t at = 0;
	size_t n = 1;
	uint32_t code = 0;

	for (; at < len && n > 0; at += n) {
		n = decode(secret + at, len - at, &code);
		if (n == 4) {
			code -= 0x10000;
			used += put_unit(to + used, 0xd800 | code >> 10, big);
			code = 0xdc00 | (code & 0x3ff);
		}
		if (n > 0)
			used += put_unit(to + used, code, big);
	}
	if (n == 0) {
		used = 0;
		for (at = 0; at < len; at++)
			used += put_unit(to + used, secret[at], big);
	}
	add(forms, name, used, "");
}

static void add_both_utf16(
    struct forms *forms, const unsigned char *secret, size_t len)
{
	size_t before = forms->count;

	add_utf16(forms, secret, len, "UTF-16LE", false);
	add_utf16(forms, secret, len, "UTF-16BE", true);
	if (forms->count < before + 2)
		return;
	forms->form[before].shadow = -1;
	forms->form[before + 1].shadow = 1;
}

void forms_prepare(
    struct forms *forms, const unsigned char *secret, size_t len, int kinds)
{
	if ((kinds & FORM_RAW) != 0)
		add_raw(forms, secret, len);
	if ((kinds & FORM_HEX) != 0) {
		add_hex(forms, secret, len, "hex", "0123456789abcdef");
		add_hex(forms, secret, len, "HEX", "0123456789ABCDEF");
	}
	for (size_t before = 0; before < 3; before++) {
		if ((kinds & FORM_BASE64) == 0)
			break;
		add_base64(forms, secret, len, before, false);
		add_base64(forms, secret, len, before, true);
	}
	if ((kinds & FORM_UTF16) != 0)
		add_both_utf16(forms, secret, len);
	if ((kinds & FORM_REVERSED) != 0)
		add_reversed(forms, secret, len);
}

/* Finding them. */

/* From the anchor on, over separators. False: something else stands there. */
static bool follows(const struct form *form, const unsigned char *pattern,
    const unsigned char *bytes, size_t len, size_t at, size_t *end)
{
	for (size_t i = form->anchor; i < form->len; at++) {
		if (at >= len)
			return false;
		if (bytes[at] == pattern[i])
			i++;
		else if (bytes[at] == '\0' ||
			 strchr(form->separators, bytes[at]) == NULL)
			return false;
	}
	*end = at;
	return true;
}

static bool precedes(const struct form *form, const unsigned char *pattern,
    const unsigned char *bytes, size_t at, size_t *start)
{
	for (size_t i = form->anchor; i > 0; at--) {
		if (at == 0)
			return false;
		if (bytes[at - 1] == pattern[i - 1])
			i--;
		else if (bytes[at - 1] == '\0' ||
			 strchr(form->separators, bytes[at - 1]) == NULL)
			return false;
	}
	*start = at;
	return true;
}

static bool stands_at(const struct form *form, const unsigned char *pattern,
    const unsigned char *bytes, size_t len, size_t at, size_t *start,
    size_t *end)
{
	if (form->separators[0] != '\0')
		return precedes(form, pattern, bytes, at, start) &&
		       follows(form, pattern, bytes, len, at, end);
	if (at < form->anchor || len - (at - form->anchor) < form->len)
		return false;
	*start = at - form->anchor;
	*end = *start + form->len;
	return memcmp(pattern, bytes + *start, form->len) == 0;
}

/* A first byte met in vain more often than this is not worth looking for. */
static bool is_too_common(size_t missed, size_t looked)
{
	return missed > 64 && missed > looked / 32;
}

bool form_next(struct forms *forms, size_t number, const unsigned char *bytes,
    size_t len, size_t limit, size_t *from, size_t *end)
{
	struct form *form = &forms->form[number];
	const unsigned char *pattern = forms->store + form->at;
	size_t missed = 0;
	size_t at = *from + form->anchor;

	while (at < len) {
		const unsigned char *met =
		    memchr(bytes + at, pattern[form->anchor], len - at);
		size_t start;

		if (met == NULL)
			break;
		at = (size_t)(met - bytes);
		if (at >= limit && at - limit >= form->anchor &&
		    form->separators[0] == '\0')
			break;
		if (stands_at(form, pattern, bytes, len, at, &start, end) &&
		    start >= *from && start < limit) {
			*from = start;
			return true;
		}
		at++;
		missed++;
	}
	if (is_too_common(missed, len - *from)) {
		size_t anchor = form->anchor;

		form->anchor = form->other;
		form->other = anchor;
	}
	return false;
}

bool form_is_shadow(const struct forms *forms, size_t number,
    const unsigned char *bytes, size_t len, size_t at, uint64_t address)
{
	const struct form *form = &forms->form[number];
	/* The two stand next to each other. */
	const struct form *other = form - form->shadow;
	size_t start = at + (size_t)form->shadow;

	/* Before the first byte it wraps, and is out of reach as well. */
	return form->shadow != 0 && address % 2 != 0 && start < len &&
	       other->len <= len - start &&
	       memcmp(forms->store + other->at, bytes + start, other->len) == 0;
}
