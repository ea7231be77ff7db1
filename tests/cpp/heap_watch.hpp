/* SPDX-License-Identifier: MIT */
/*
 * The heap of a program whose every block is looked at as it is given back:
 * what memory does a container leave with a secret in it? Works under every
 * sanitizer, where a search of the whole process does not.
 */
#ifndef MW_TESTS_CPP_HEAP_WATCH_HPP
#define MW_TESTS_CPP_HEAP_WATCH_HPP

/* From now on looks for this text, of which it keeps only the address. */
void heap_watch(const char *secret);

/* How many blocks were given back with it in them; and stops looking. */
unsigned heap_blocks_with_secret();

#endif
