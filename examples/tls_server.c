/* SPDX-License-Identifier: MIT */
/*
 * A TLS server whose key is sealed, and is opened for each handshake.
 *
 *	tls_server KEY.pem CERT.pem
 *
 * prints "port N", the port of 127.0.0.1 it listens on, and answers each line
 * that a client sends with the same line, one client after the other. The key's
 * file has to be one that nobody else can read.
 *
 * What libcrypto does with a private key, it does on its own heap: reading PEM
 * makes a copy in DER and one as numbers, and signing makes more of these. A
 * program cannot keep it from that, but it can
 *
 * - give it a heap, CRYPTO_set_mem_functions(): here a ward, so that all its
 *   copies are left out of core files, are locked as far as the limit goes, and
 *   are wiped when they are freed. On an ordinary heap OpenSSL 3.0 leaves two
 *   whole copies behind, in blocks that it frees as they are;
 * - let it have the key for the time of a handshake, from the certificate
 *   callback to SSL_accept()'s return. At rest the key is sealed, and a search
 *   of the whole process finds no part of it: tls_server_test.py makes one;
 * - run all this on a stack that is wiped afterwards, memward_call().
 *
 * What stays: during a handshake the key is in memory, open to this process;
 * the keys of connections and tickets are on that heap for as long as these
 * live; the kernel has the file in its cache.
 */
#include <memward.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define KEY_MOST 16384
#define STACK    ((size_t)512 * 1024)

static const char purpose[] = "TLS server key";

struct server {
	memward_ward *heap; /* libcrypto's; open, or it could not use it */
	memward_ward *keys; /* closed at rest */
	memward_sealed *key;
	SSL_CTX *context;
};

static struct server server;

static int fail(const char *what, const char *why)
{
	(void)fprintf(stderr, "tls_server: %s: %s\n", what, why);
	return 1;
}

/* libcrypto's heap. It asks for nothing before these are set. */
static void *heap_alloc(size_t len, const char *file, int line)
{
	(void)file;
	(void)line;
	return memward_alloc(server.heap, len);
}

static void heap_free(void *mem, const char *file, int line)
{
	(void)file;
	(void)line;
	memward_free(mem);
}

static void *heap_resize(void *mem, size_t len, const char *file, int line)
{
	if (mem == NULL)
		return heap_alloc(len, file, line);
	if (len == 0) {
		heap_free(mem, file, line);
		return NULL;
	}
	return memward_resize(&mem, len) == 0 ? mem : NULL;
}

static int open_wards(void)
{
	memward_policy policy = MEMWARD_POLICY_INIT;
	/* Locked as far as the limit goes: it is more than keys. */
	int rc = memward_policy_preset(&policy, MEMWARD_CONTAINER);

	if (rc == 0)
		rc = memward_open(&policy, &server.heap);
	if (rc == 0)
		rc = memward_policy_preset(&policy, MEMWARD_SERVER);
	policy.rest = MEMWARD_NO_ACCESS;
	if (rc == 0)
		rc = memward_open(&policy, &server.keys);
	return rc;
}

/* Reads the key file into the closed ward, and seals it there. */
static int load_key(const char *path)
{
	void *pem;
	int rc = memward_read_file(
	    server.keys, path, MEMWARD_FILE_PRIVATE, KEY_MOST, &pem);

	if (rc != 0)
		return fail(path, memward_error_text(rc));
	rc = memward_seal(pem, purpose, sizeof(purpose), &server.key);
	memward_free(pem);
	return rc == 0 ? 0 : fail("sealing", memward_error_text(rc));
}

struct handshake {
	SSL *ssl;
	const void *pem; /* in the closed ward, in a window */
	size_t len;
	int accepted;
};

static int use_key(void *argument)
{
	struct handshake *h = argument;
	/* Reads from where the bytes are, without a copy. */
	BIO *bio = BIO_new_mem_buf(h->pem, (int)h->len);
	EVP_PKEY *key = NULL;
	int used = 0;

	if (bio != NULL)
		key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	if (key != NULL)
		used = SSL_use_PrivateKey(h->ssl, key);
	/* The connection has it now, and frees it. */
	EVP_PKEY_free(key);
	BIO_free(bio);
	return used == 1 ? 0 : 1;
}

/* libssl asks for a certificate: the time to open the key. 1: go on. */
static int give_key(SSL *ssl, void *unused)
{
	struct handshake h = {.ssl = ssl};
	void *pem;
	int rc;

	(void)unused;
	rc = memward_unseal(server.key, purpose, sizeof(purpose), &pem);
	if (rc != 0)
		return 0;
	h.pem = pem;
	h.len = memward_size(pem);
	rc = memward_with(server.keys, MEMWARD_READ_ONLY, use_key, &h);
	memward_free(pem);
	return rc == 0;
}

/* On a stack of the ward. The key goes with the handshake, not later. */
static int shake_hands(void *argument)
{
	struct handshake *h = argument;

	h->accepted = SSL_accept(h->ssl);
	SSL_certs_clear(h->ssl);
	return 0;
}

static void echo(SSL *ssl)
{
	char line[256];
	int n = SSL_read(ssl, line, sizeof(line));

	if (n > 0)
		(void)SSL_write(ssl, line, n);
	(void)SSL_shutdown(ssl);
}

static void serve(BIO *connection)
{
	struct handshake h = {.ssl = SSL_new(server.context)};

	if (h.ssl == NULL) {
		BIO_free_all(connection);
		return;
	}
	SSL_set_bio(h.ssl, connection, connection);
	if (memward_call_sized(server.heap, STACK, shake_hands, &h) == 0 &&
	    h.accepted == 1)
		echo(h.ssl);
	SSL_free(h.ssl);
}

static int make_context(const char *certificate)
{
	server.context = SSL_CTX_new(TLS_server_method());
	if (server.context == NULL)
		return fail("libssl", "no context");
	if (SSL_CTX_use_certificate_chain_file(server.context, certificate) !=
	    1)
		return fail(certificate, "no certificate");
	SSL_CTX_set_cert_cb(server.context, give_key, NULL);
	return 0;
}

int main(int argc, char **argv)
{
	BIO *door;
	int rc;

	if (argc != 3)
		return fail("usage", "tls_server KEY.pem CERT.pem");
	rc = open_wards();
	if (rc == 0)
		/* Whatever ends it, nothing is left, in a core neither. */
		rc = memward_wipe_on_signals(NULL, 0);
	if (rc != 0)
		return fail("memward", memward_error_text(rc));
	if (CRYPTO_set_mem_functions(heap_alloc, heap_resize, heap_free) != 1)
		return fail("libcrypto", "has a heap already");
#ifdef SIGPIPE
	/* A client that is gone is none of our ends. */
	(void)signal(SIGPIPE, SIG_IGN);
#endif
	if (load_key(argv[1]) != 0 || make_context(argv[2]) != 0)
		return 1;
	door = BIO_new_accept("127.0.0.1:0");
	/* The first call only opens the door. */
	if (door == NULL || BIO_do_accept(door) != 1)
		return fail("127.0.0.1", "cannot listen");
	printf("port %s\n", BIO_get_accept_port(door));
	(void)fflush(stdout);
	while (BIO_do_accept(door) == 1)
		serve(BIO_pop(door));
	return 0;
}
