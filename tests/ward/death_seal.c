/* SPDX-License-Identifier: MIT */
/* Misuse of sealed objects and streams. */
#include "death_cases.h"

#include <stdlib.h>

/* The compiler must not see that a pointer is used after its free. */
static void *opaque(void *pointer)
{
	__asm__ __volatile__("" : "+r"(pointer));
	return pointer;
}

static memward_sealed *new_sealed(void)
{
	memward_sealed *sealed = NULL;

	if (memward_seal_cipher() == NULL)
		child_cannot("this memward was built without sealing");
	check_granted(memward_seal(new_secret(NULL, 40), NULL, 0, &sealed));
	return sealed;
}

static memward_stream *new_stream(void)
{
	memward_stream *stream = NULL;

	if (memward_seal_cipher() == NULL)
		child_cannot("this memward was built without sealing");
	check_granted(memward_stream_open(NULL, 40, &stream));
	return stream;
}

static memward_sealed *freed_sealed(void)
{
	memward_sealed *sealed = new_sealed();

	memward_sealed_free(sealed);
	return opaque(sealed);
}

int child_free_sealed_twice(void)
{
	memward_sealed_free(freed_sealed());
	return 0;
}

int child_unseal_freed(void)
{
	void *secret = NULL;

	return memward_unseal(freed_sealed(), NULL, 0, &secret);
}

int child_unseal_freed_into(void)
{
	return memward_unseal_into(
	    freed_sealed(), NULL, 0, new_secret(NULL, 40));
}

int child_size_of_freed_sealed(void)
{
	return memward_sealed_size(freed_sealed()) != 0;
}

int child_free_sealed_as_stream(void)
{
	memward_stream_free(opaque(new_sealed()));
	return 0;
}

int child_free_sealed_heap(void)
{
	memward_sealed_free(opaque(calloc(1, 200)));
	return 0;
}

int child_free_sealed_secret(void)
{
	memward_sealed_free(opaque(new_secret(NULL, 200)));
	return 0;
}

int child_seal_freed(void)
{
	unsigned char *secret = new_secret(NULL, 40);
	memward_sealed *sealed = new_sealed();

	memward_free(secret);
	return memward_seal(opaque(secret), NULL, 0, &sealed);
}

int child_seal_stack(void)
{
	memward_sealed *sealed = new_sealed();
	unsigned char stack[40] = {1};

	return memward_seal(opaque(stack), NULL, 0, &sealed);
}

int child_unseal_into_stack(void)
{
	unsigned char stack[40] = {1};

	return memward_unseal_into(new_sealed(), NULL, 0, opaque(stack));
}

int child_seal_overrun(void)
{
	memward_sealed *sealed = new_sealed();
	unsigned char *secret = new_secret(NULL, 40);

	write_byte(secret + 40, 1);
	return memward_seal(secret, NULL, 0, &sealed);
}

int child_free_stream_twice(void)
{
	memward_stream *stream = new_stream();

	memward_stream_free(stream);
	memward_stream_free(opaque(stream));
	return 0;
}

int child_read_freed_stream(void)
{
	memward_stream *stream = new_stream();
	char byte;
	size_t got;

	memward_stream_free(stream);
	return memward_stream_read(opaque(stream), &byte, 1, &got);
}
