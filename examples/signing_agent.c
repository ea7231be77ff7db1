/* SPDX-License-Identifier: MIT */
/*
 * A signing agent: keeps an Ed25519 key sealed, and opens it for each request,
 * for as long as one signature takes.
 *
 * Each line of the standard input is a message; the answer is its signature.
 * The first line it prints is the public key.
 */
#include <memward.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* What the sealed key is for: with another text it cannot be opened. */
static const char purpose[] = "signing agent, key 1";

struct agent {
	memward_ward *ward; /* closed at rest */
	memward_sealed *sealed;
	void *key; /* a place for it, zeros but for one request */
	unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
};

static int fail(const char *what, int rc)
{
	fprintf(stderr, "%s: %s\n", what, memward_error_text(rc));
	return 1;
}

static void print_hex(const char *name, const unsigned char *bytes, size_t len)
{
	printf("%s ", name);
	for (size_t i = 0; i < len; i++)
		printf("%02x", bytes[i]);
	puts("");
	fflush(stdout);
}

/* Runs in a window. libsodium writes the key straight to its place. */
static int make_key(void *argument)
{
	struct agent *agent = argument;

	return crypto_sign_keypair(agent->public_key, agent->key);
}

static int start(struct agent *agent)
{
	memward_policy policy = MEMWARD_POLICY_INIT;
	int rc;

	policy.rest = MEMWARD_NO_ACCESS;
	rc = memward_open(&policy, &agent->ward);
	if (rc == 0)
		rc = memward_new(
		    agent->ward, crypto_sign_SECRETKEYBYTES, &agent->key);
	if (rc == 0)
		rc = memward_with(
		    agent->ward, MEMWARD_READ_WRITE, make_key, agent);
	/* Wipes the key, and leaves its place for later. */
	if (rc == 0)
		rc = memward_seal(
		    agent->key, purpose, sizeof(purpose), &agent->sealed);
	return rc;
}

struct request {
	struct agent *agent;
	const char *message;
	unsigned char signature[crypto_sign_BYTES];
};

/* Runs in a window. */
static int sign(void *argument)
{
	struct request *r = argument;
	struct agent *agent = r->agent;
	const unsigned char *text = (const unsigned char *)r->message;
	size_t len = strlen(r->message);
	int rc = memward_unseal_into(
	    agent->sealed, purpose, sizeof(purpose), agent->key);

	if (rc != 0)
		return rc;
	crypto_sign_detached(r->signature, NULL, text, len, agent->key);
	memward_wipe(agent->key, crypto_sign_SECRETKEYBYTES);
	/* A signature that went wrong could give the key away. */
	return crypto_sign_verify_detached(
		   r->signature, text, len, agent->public_key) == 0
		   ? 0
		   : MEMWARD_ESYSTEM;
}

static int serve(struct agent *agent)
{
	struct request request = {.agent = agent};
	char message[4096];
	int rc;

	while (fgets(message, sizeof(message), stdin) != NULL) {
		message[strcspn(message, "\n")] = '\0';
		request.message = message;
		rc = memward_with(
		    agent->ward, MEMWARD_READ_WRITE, sign, &request);
		if (rc != 0)
			return rc;
		print_hex(
		    "signature", request.signature, sizeof(request.signature));
	}
	return 0;
}

int main(void)
{
	struct agent agent = {0};
	int rc;

	if (sodium_init() < 0)
		return 1;
	rc = start(&agent);
	if (rc != 0)
		return fail("start", rc);
	print_hex("public", agent.public_key, sizeof(agent.public_key));
	rc = serve(&agent);
	if (rc != 0)
		return fail("serve", rc);
	memward_sealed_free(agent.sealed);
	rc = memward_close(agent.ward); /* with all that is in it */
	return rc == 0 ? 0 : fail("close", rc);
}
