/* SPDX-License-Identifier: MIT */
#ifndef MW_TESTS_MODEL_FAULTS_H
#define MW_TESTS_MODEL_FAULTS_H

/* The case of faults_heap.c. */
void the_heap_is_exhausted(void);

#endif
