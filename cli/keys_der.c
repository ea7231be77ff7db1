/* SPDX-License-Identifier: MIT */
/*
 * Private keys in DER: PKCS#1 (RFC 8017), PKCS#8 (RFC 5958), SEC 1 (RFC
 * 5915), and Ed25519 and its kin within PKCS#8 (RFC 8410).
 */
#include "keys.h"
#include "scan.h"

#include <string.h>

enum tag {
	TAG_INTEGER = 0x02,
	TAG_OCTETS = 0x04,
	TAG_OID = 0x06,
	TAG_SEQUENCE = 0x30
};

/* A piece of DER that is being read. */
struct der {
	const unsigned char *at;
	size_t len;
};

/* Takes the next element off. False: there is none that is whole. */
static bool take_element(struct der *from, int *tag, struct der *content)
{
	size_t len;
	size_t head = 2;

	if (from->len < 2)
		return false;
	*tag = from->at[0];
	len = from->at[1];
	if (len >= 0x80) {
		size_t digits = len - 0x80;

		/* No key is longer than two bytes can tell. */
		if (digits < 1 || digits > 2 || from->len < 2 + digits)
			return false;
		len = from->at[2];
		if (digits == 2)
			len = len << 8 | from->at[3];
		head += digits;
		/* DER writes a length in the shortest way. */
		if (len < (digits == 2 ? 0x100U : 0x80U))
			return false;
	}
	if (from->len - head < len)
		return false;
	*content = (struct der){from->at + head, len};
	from->at += head + len;
	from->len -= head + len;
	return true;
}

static bool take(struct der *from, int tag, struct der *content)
{
	int met;

	return take_element(from, &met, content) && met == tag;
}

/* A positive number; its bytes without the zero that keeps it positive. */
static bool take_number(struct der *from, size_t *bytes)
{
	struct der number;

	if (!take(from, TAG_INTEGER, &number) || number.len == 0 ||
	    number.at[0] >= 0x80)
		return false;
	*bytes = number.len;
	if (number.at[0] == 0) {
		/* Zero alone, or one that is needed. */
		if (number.len > 1 && number.at[1] < 0x80)
			return false;
		*bytes = number.len - 1;
	}
	return true;
}

static bool take_version(struct der *from, unsigned *version)
{
	struct der number;

	if (!take(from, TAG_INTEGER, &number) || number.len != 1)
		return false;
	*version = number.at[0];
	return *version <= 1;
}

/* modulus, exponents, primes, and so on; what is behind the version. */
static bool is_rsa(struct der rest)
{
	size_t modulus;
	size_t exponent;
	size_t bytes[6];

	if (!take_number(&rest, &modulus) || modulus < 64 ||
	    !take_number(&rest, &exponent) || exponent < 1 || exponent > 8)
		return false;
	for (size_t i = 0; i < 6; i++) {
		if (!take_number(&rest, &bytes[i]) || bytes[i] == 0 ||
		    bytes[i] > modulus)
			return false;
	}
	/* Two primes make the modulus. */
	return bytes[1] + bytes[2] >= modulus &&
	       bytes[1] + bytes[2] <= modulus + 1;
}

/* The number, then nothing or parameters and the public key. */
static bool is_sec1(struct der rest)
{
	struct der number;
	struct der more;
	int tag;

	if (!take(&rest, TAG_OCTETS, &number) || number.len < 16 ||
	    number.len > 72)
		return false;
	while (rest.len > 0) {
		if (!take_element(&rest, &tag, &more) ||
		    (tag != 0xa0 && tag != 0xa1))
			return false;
	}
	return true;
}

static const struct algorithm {
	const char *what;
	size_t len;
	unsigned char oid[10];
} algorithms[] = {
    {"RSA private key, PKCS#8", 9,
	{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01}},
    {"RSA-PSS private key, PKCS#8", 9,
	{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a}},
    {"EC private key, PKCS#8", 7, {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01}},
    {"DSA private key, PKCS#8", 7, {0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x01}},
    {"DH private key, PKCS#8", 9,
	{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x03, 0x01}},
    {"X25519 private key, PKCS#8", 3, {0x2b, 0x65, 0x6e}},
    {"X448 private key, PKCS#8", 3, {0x2b, 0x65, 0x6f}},
    {"Ed25519 private key, PKCS#8", 3, {0x2b, 0x65, 0x70}},
    {"Ed448 private key, PKCS#8", 3, {0x2b, 0x65, 0x71}},
};

static const char *algorithm_of(struct der oid)
{
	for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]);
	     i++) {
		const struct algorithm *known = &algorithms[i];

		if (known->len == oid.len &&
		    memcmp(known->oid, oid.at, oid.len) == 0)
			return known->what;
	}
	return "private key, PKCS#8";
}

/* Algorithm, key, and perhaps attributes and the public key. */
static const char *pkcs8(struct der rest)
{
	struct der algorithm;
	struct der oid;
	struct der key;
	struct der more;
	int tag;

	if (!take(&rest, TAG_SEQUENCE, &algorithm) ||
	    !take(&algorithm, TAG_OID, &oid) || oid.len < 3 || oid.len > 16 ||
	    !take(&rest, TAG_OCTETS, &key) || key.len < 16)
		return NULL;
	while (rest.len > 0) {
		if (!take_element(&rest, &tag, &more) ||
		    (tag != 0xa0 && tag != 0xa1 && tag != 0x81))
			return NULL;
	}
	return algorithm_of(oid);
}

bool key_der(const unsigned char *bytes, size_t len, struct key_found *found)
{
	struct der all = {bytes, len};
	struct der key;
	unsigned version;
	const char *what;

	if (!take(&all, TAG_SEQUENCE, &key))
		return false;
	*found = (struct key_found){.len = len - all.len};
	if (!take_version(&key, &version))
		return false;
	what = pkcs8(key);
	if (what == NULL && version == 0 && is_rsa(key))
		what = "RSA private key, PKCS#1";
	if (what == NULL && version == 1 && is_sec1(key))
		what = "EC private key, SEC 1";
	found->what = what;
	return what != NULL;
}

/* A sequence whose first element is an integer of one byte. */
static bool may_begin(const unsigned char *bytes, size_t len)
{
	size_t head = 2;

	if (len < 8)
		return false;
	if (bytes[1] > 0x80)
		head += bytes[1] - 0x80U;
	return head <= 4 && bytes[head] == TAG_INTEGER && bytes[head + 1] == 1;
}

void find_der_keys(struct scanner *scanner, const struct window *window)
{
	const unsigned char *bytes = window->bytes;
	size_t at = 0;

	/* A key within a key is the same key. */
	if (window->at < scanner->der_done)
		at = (size_t)(scanner->der_done - window->at);
	while (at < window->limit) {
		const unsigned char *met =
		    memchr(bytes + at, TAG_SEQUENCE, window->limit - at);
		struct key_found found;

		if (met == NULL)
			return;
		at = (size_t)(met - bytes);
		if (!may_begin(met, window->len - at) ||
		    !key_der(met, window->len - at, &found)) {
			at++;
			continue;
		}
		scanner_hit(scanner, window,
		    &(struct hit){
			.is_key = true,
			.at = at,
			.len = found.len,
			.what = found.what,
			.print = fingerprint(
			    scanner->scratch->print_key, met, found.len),
		    });
		at += found.len;
		scanner->der_done = window->at + at;
	}
}
