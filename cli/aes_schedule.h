/* SPDX-License-Identifier: MIT */
/* The round keys of AES-256: what a cipher leaves on a stack. */
#ifndef MEMWARD_CLI_AES_SCHEDULE_H
#define MEMWARD_CLI_AES_SCHEDULE_H

#define AES_KEY      32
#define AES_SCHEDULE 240

/*
 * FIPS 197, 5.2. The S-box is computed, so that looking it up is no work of a
 * table that stands in memory anyway.
 */
void aes_expand(
    const unsigned char key[AES_KEY], unsigned char schedule[AES_SCHEDULE]);

#endif
