/* SPDX-License-Identifier: MIT */
#include "keys.h"

#if defined(__x86_64__) && defined(__GNUC__)

/*
 * PKRU has two bits a key: 1 forbids all access, 2 forbids writing. CPUID leaf
 * 7 tells in bit 4 of ecx that the system set CR4.PKE (Intel's manual, volume
 * 3, 4.6.2 and volume 2, CPUID, RDPKRU, WRPKRU).
 */
#define FORBID_ACCESS UINT32_C(1)
#define FORBID_WRITE  UINT32_C(2)
#define LEAF          7u
#define OSPKE         (1u << 4)

static void cpuid(uint32_t leaf, uint32_t *eax, uint32_t *ecx)
{
	uint32_t ebx;
	uint32_t edx;

	*eax = leaf;
	*ecx = 0;
	__asm__ __volatile__("cpuid"
			     : "+a"(*eax), "=b"(ebx), "+c"(*ecx), "=d"(edx));
	(void)ebx;
	(void)edx;
}

bool mw_cpu_has_keys(void)
{
	uint32_t eax;
	uint32_t ecx;

	cpuid(0, &eax, &ecx);
	if (eax < LEAF)
		return false;
	cpuid(LEAF, &eax, &ecx);
	return (ecx & OSPKE) != 0;
}

uint64_t mw_cpu_rights(void)
{
	uint32_t pkru;
	uint32_t edx;

	/* rdpkru, in bytes for assemblers that do not know it. */
	__asm__ __volatile__(".byte 0x0f, 0x01, 0xee"
			     : "=a"(pkru), "=d"(edx)
			     : "c"(0)
			     : "memory");
	(void)edx;
	return pkru;
}

void mw_cpu_set_rights(uint64_t rights)
{
	/* wrpkru; the processor itself lets no access pass it. */
	__asm__ __volatile__(".byte 0x0f, 0x01, 0xef"
			     :
			     : "a"((uint32_t)rights), "c"(0), "d"(0)
			     : "memory");
}

uint64_t mw_cpu_rights_with(uint64_t rights, int key, memward_access access)
{
	uint32_t forbidden = 0;

	if (access == MEMWARD_NO_ACCESS)
		forbidden = FORBID_ACCESS | FORBID_WRITE;
	else if (access == MEMWARD_READ_ONLY)
		forbidden = FORBID_WRITE;
	rights &= ~((uint64_t)(FORBID_ACCESS | FORBID_WRITE) << (2 * key));
	return rights | (uint64_t)forbidden << (2 * key);
}

#else

/*
 * No keys. (AArch64's permission overlays are not used: there was no machine,
 * nor an emulator, to run that code on.)
 */
bool mw_cpu_has_keys(void)
{
	return false;
}

uint64_t mw_cpu_rights(void)
{
	return 0;
}

void mw_cpu_set_rights(uint64_t rights)
{
	(void)rights;
}

uint64_t mw_cpu_rights_with(uint64_t rights, int key, memward_access access)
{
	(void)key;
	(void)access;
	return rights;
}

#endif
