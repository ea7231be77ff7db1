/* SPDX-License-Identifier: MIT */
/* Private keys as PEM (RFC 7468), and what OpenSSH writes into such blocks. */
#include "keys.h"
#include "scan.h"

#include <stdio.h>
#include <string.h>

static const char pem_begin[] = "-----BEGIN ";
static const char pem_end[] = "-----END ";
static const char dashes[] = "-----";
/* The null byte at its end is part of it. */
static const char openssh_magic[] = "openssh-key-v1";

#define BEGIN_LEN  (sizeof(pem_begin) - 1)
#define DASHES_LEN (sizeof(dashes) - 1)

#define LABEL_MAX 40
/* A body of fewer characters is a word in a program, not a key. */
#define BODY_MIN 32

static bool is_base64(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '=';
}

/* The label up to the dashes: capitals, digits and blanks. 0: none. */
static size_t label_length(const unsigned char *label, size_t len)
{
	size_t n = 0;

	while (n < len && n < LABEL_MAX &&
	       ((label[n] >= 'A' && label[n] <= 'Z') ||
		   (label[n] >= '0' && label[n] <= '9') || label[n] == ' '))
		n++;
	if (len - n < DASHES_LEN || memcmp(label + n, dashes, DASHES_LEN) != 0)
		return 0;
	return n;
}

static bool ends_in_words(
    const unsigned char *label, size_t len, const char *words)
{
	size_t n = strlen(words);

	return len >= n && memcmp(label + len - n, words, n) == 0;
}

static const char *pem_kind(const unsigned char *label, size_t len)
{
	static const struct {
		const char *label;
		const char *what;
	} kinds[] = {
	    {"PRIVATE KEY", "private key, PEM PKCS#8"},
	    {"ENCRYPTED PRIVATE KEY", "encrypted private key, PEM"},
	    {"RSA PRIVATE KEY", "RSA private key, PEM"},
	    {"EC PRIVATE KEY", "EC private key, PEM"},
	    {"DSA PRIVATE KEY", "DSA private key, PEM"},
	    {"OPENSSH PRIVATE KEY", "OpenSSH private key, PEM"},
	    {"PGP PRIVATE KEY BLOCK", "OpenPGP private key, armoured"},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strlen(kinds[i].label) == len &&
		    memcmp(kinds[i].label, label, len) == 0)
			return kinds[i].what;
	}
	return ends_in_words(label, len, "PRIVATE KEY") ? "private key, PEM"
							: NULL;
}

/* One line of the header that old keys and OpenPGP have: "Name: value". */
static size_t header_length(const unsigned char *text, size_t len)
{
	size_t n = 0;
	bool colon = false;

	while (n < len && n < 100 && text[n] >= ' ' && text[n] <= '~') {
		colon = colon || text[n] == ':';
		n++;
	}
	return colon && n < len ? n : 0;
}

/* The body: base64 in lines. How far it goes, and how much of it is base64. */
static size_t body_length(
    const unsigned char *text, size_t len, size_t *characters)
{
	size_t n = 0;
	size_t header;

	*characters = 0;
	while (n < len) {
		bool at_line = n > 0 && text[n - 1] == '\n';

		if (text[n] == '\r' || text[n] == '\n') {
			n++;
			continue;
		}
		header = at_line ? header_length(text + n, len - n) : 0;
		if (*characters == 0 && header > 0) {
			n += header;
			continue;
		}
		if (!is_base64(text[n]))
			break;
		++*characters;
		n++;
	}
	return n;
}

/* The last line, if it is there. */
static size_t end_length(const unsigned char *text, size_t len)
{
	const size_t head = sizeof(pem_end) - 1;
	size_t label;

	if (len < head || memcmp(text, pem_end, head) != 0)
		return 0;
	label = label_length(text + head, len - head);
	return label > 0 ? head + label + DASHES_LEN : 0;
}

bool key_pem(const unsigned char *bytes, size_t len, struct key_found *found)
{
	size_t label;
	size_t body;
	size_t end;
	size_t characters;

	/* Else what is full of beginnings would be read again from each. */
	if (len > KEY_MAX)
		len = KEY_MAX;
	if (len < BEGIN_LEN || memcmp(bytes, pem_begin, BEGIN_LEN) != 0)
		return false;
	label = label_length(bytes + BEGIN_LEN, len - BEGIN_LEN);
	*found = (struct key_found){
	    .what = pem_kind(bytes + BEGIN_LEN, label),
	    .len = BEGIN_LEN + label + DASHES_LEN,
	};
	if (label == 0 || found->what == NULL)
		return false;
	body = body_length(bytes + found->len, len - found->len, &characters);
	if (characters < BODY_MIN)
		return false;
	found->len += body;
	end = end_length(bytes + found->len, len - found->len);
	found->len += end;
	if (end == 0)
		(void)snprintf(
		    found->more, sizeof(found->more), "its end is missing");
	return true;
}

/* OpenSSH's PROTOCOL.key: strings with their length before them. */
struct ssh {
	const unsigned char *at;
	size_t len;
};

static bool take_count(struct ssh *from, size_t *count)
{
	if (from->len < 4)
		return false;
	*count = (size_t)from->at[0] << 24 | (size_t)from->at[1] << 16 |
		 (size_t)from->at[2] << 8 | from->at[3];
	from->at += 4;
	from->len -= 4;
	return true;
}

static bool take_string(struct ssh *from, struct ssh *string)
{
	size_t len;

	if (!take_count(from, &len) || len > from->len)
		return false;
	*string = (struct ssh){from->at, len};
	from->at += len;
	from->len -= len;
	return true;
}

static bool is_printable(const struct ssh *string)
{
	for (size_t i = 0; i < string->len; i++) {
		if (string->at[i] < 0x21 || string->at[i] > 0x7e)
			return false;
	}
	return string->len > 0 && string->len < 64;
}

bool key_openssh(
    const unsigned char *bytes, size_t len, struct key_found *found)
{
	struct ssh rest = {bytes, len};
	struct ssh cipher;
	struct ssh unused;
	struct ssh public_key;
	struct ssh kind;
	size_t count;

	if (len < sizeof(openssh_magic) ||
	    memcmp(bytes, openssh_magic, sizeof(openssh_magic)) != 0)
		return false;
	rest.at += sizeof(openssh_magic);
	rest.len -= sizeof(openssh_magic);
	if (!take_string(&rest, &cipher) || !is_printable(&cipher) ||
	    !take_string(&rest, &unused) || !take_string(&rest, &unused) ||
	    !take_count(&rest, &count) || count != 1 ||
	    !take_string(&rest, &public_key) ||
	    !take_string(&public_key, &kind) || !is_printable(&kind))
		return false;
	*found = (struct key_found){.what = "OpenSSH private key"};
	if (cipher.len != 4 || memcmp(cipher.at, "none", 4) != 0)
		found->what = "OpenSSH private key, encrypted";
	/* What an agent or a loader has already wiped is no key any more. */
	if (!take_string(&rest, &unused) || unused.len < 16)
		return false;
	found->len = len - rest.len;
	(void)snprintf(found->more, sizeof(found->more), "%.*s", (int)kind.len,
	    (const char *)kind.at);
	return true;
}

typedef bool parser(
    const unsigned char *bytes, size_t len, struct key_found *found);

/* Where the magic begins, the parser decides. */
static void find_keys(struct scanner *scanner, const struct window *window,
    const char *magic, size_t magic_len, parser *parse)
{
	const unsigned char *bytes = window->bytes;
	size_t at = 0;

	while (at < window->limit) {
		const unsigned char *met =
		    memchr(bytes + at, magic[0], window->limit - at);
		struct key_found found;
		struct hit hit;

		if (met == NULL)
			return;
		at = (size_t)(met - bytes);
		if (window->len - at < magic_len ||
		    memcmp(met, magic, magic_len) != 0 ||
		    !parse(met, window->len - at, &found)) {
			at++;
			continue;
		}
		hit = (struct hit){.is_key = true,
		    .at = at,
		    .len = found.len,
		    .what = found.what,
		    .print = fingerprint(
			scanner->scratch->print_key, met, found.len)};
		memcpy(hit.more, found.more, sizeof(hit.more));
		scanner_hit(scanner, window, &hit);
		at += found.len;
	}
}

void find_text_keys(struct scanner *scanner, const struct window *window)
{
	find_keys(scanner, window, pem_begin, BEGIN_LEN, key_pem);
	find_keys(
	    scanner, window, openssh_magic, sizeof(openssh_magic), key_openssh);
}
