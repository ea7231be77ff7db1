/* SPDX-License-Identifier: MIT */
#include "stack.h"

/* Where a mingw or Windows compiler is at work, calls have other rules. */
#if defined(__GNUC__) && !defined(__SEH__) && !defined(__ILP32__)
#if defined(__x86_64__)
#define ON_X86_64
#elif defined(__aarch64__)
#define ON_AARCH64
#endif
#endif

#if defined(ON_X86_64) || defined(ON_AARCH64)

#define TEXT_OF(token) #token
#define TEXT(macro)    TEXT_OF(macro)
/* As the compiler names a C function in assembly. */
#define NAME TEXT(__USER_LABEL_PREFIX__) "mw_cpu_call_and_clear"

#if defined(__ELF__)
#define BEGIN                 \
	".text\n.p2align 4\n" \
	".globl " NAME "\n"   \
	".hidden " NAME "\n"  \
	".type " NAME ",%function\n" NAME ":\n.cfi_startproc\n"
#define END    ".cfi_endproc\n.size " NAME ",.-" NAME "\n"
#define HIDDEN __attribute__((visibility("hidden")))
#else
#define BEGIN                 \
	".text\n.p2align 4\n" \
	".globl " NAME "\n"   \
	".private_extern " NAME "\n" NAME ":\n.cfi_startproc\n"
#define END ".cfi_endproc\n"
#define HIDDEN
#endif

/*
 * The last argument says which vector registers there are. The frame pointer
 * keeps the way back, so that unwinding needs no more than it: stack pointer
 * and frame address are of different stacks in between. Calls and returns are
 * in pairs, which is what shadow stacks want.
 */
HIDDEN int mw_cpu_call_and_clear(
    void *top, int (*function)(void *), void *argument, int vectors);

#endif

#if defined(ON_X86_64)

#include <cpuid.h>
#include <stdatomic.h>

enum { UNKNOWN, SSE, AVX, AVX512 };

/*
 * endbr64 is in bytes for assemblers that do not know it. vzeroall clears
 * registers 0 to 15 in all their width. The registers of MMX are those of the
 * x87; emms leaves them empty, as a call has to.
 */
__asm__(
    BEGIN "	.byte 0xf3,0x0f,0x1e,0xfa\n"
	  "	pushq %rbp\n"
	  "	.cfi_def_cfa_offset 16\n"
	  "	.cfi_offset %rbp,-16\n"
	  "	movq %rsp,%rbp\n"
	  "	.cfi_def_cfa_register %rbp\n"
	  "	pushq %rbx\n"
	  "	.cfi_offset %rbx,-24\n"
	  "	movl %ecx,%ebx\n"
	  "	movq %rdi,%rsp\n"
	  "	movq %rdx,%rdi\n"
	  "	callq *%rsi\n"
	  "	cmpl $2,%ebx\n"
	  "	je 2f\n"
	  "	ja 3f\n"
	  "	.irp i,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
	  "	pxor %xmm\\i,%xmm\\i\n"
	  "	.endr\n"
	  "	jmp 4f\n"
	  "3:	.irp i,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
	  "	vpxord %zmm\\i,%zmm\\i,%zmm\\i\n"
	  "	.endr\n"
	  "	.irp i,0,1,2,3,4,5,6,7\n"
	  "	kxorw %k\\i,%k\\i,%k\\i\n"
	  "	.endr\n"
	  "2:	vzeroall\n"
	  "4:	.irp i,0,1,2,3,4,5,6,7\n"
	  "	pxor %mm\\i,%mm\\i\n"
	  "	.endr\n"
	  "	emms\n"
	  "	.irp r,ecx,edx,esi,edi,r8d,r9d,r10d,r11d\n"
	  "	xorl %\\r,%\\r\n"
	  "	.endr\n"
	  "	movl %eax,%eax\n"
	  "	movq -8(%rbp),%rbx\n"
	  "	movq %rbp,%rsp\n"
	  "	popq %rbp\n"
	  "	.cfi_def_cfa %rsp,8\n"
	  "	retq\n" END);

/* What the system saves of a thread: Intel's manual, volume 1, 13.3. */
static unsigned saved_states(void)
{
	unsigned low;
	unsigned high;

	/* xgetbv, in bytes for assemblers that do not know it. */
	__asm__ __volatile__(".byte 0x0f,0x01,0xd0"
			     : "=a"(low), "=d"(high)
			     : "c"(0));
	(void)high;
	return low;
}

#define STATES_AVX    0x06u
#define STATES_AVX512 0xe6u

static int ask(void)
{
	unsigned a;
	unsigned b;
	unsigned c;
	unsigned d;
	unsigned saved;

	if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & bit_OSXSAVE) == 0 ||
	    (c & bit_AVX) == 0)
		return SSE;
	saved = saved_states();
	if ((saved & STATES_AVX) != STATES_AVX)
		return SSE;
	if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0 ||
	    (b & bit_AVX512F) == 0 || (saved & STATES_AVX512) != STATES_AVX512)
		return AVX;
	return AVX512;
}

/* Asked once: under a hypervisor each question costs microseconds. */
static int vectors(void)
{
	static atomic_int known;
	int kind = atomic_load_explicit(&known, memory_order_relaxed);

	if (kind == UNKNOWN) {
		kind = ask();
		atomic_store_explicit(&known, kind, memory_order_relaxed);
	}
	return kind;
}

#elif defined(ON_AARCH64)

/*
 * hint 34 is `bti c`. Writing a vector register clears what SVE adds to it. Of
 * v8 to v15 a call preserves the lower half, and writing that one clears the
 * rest. x18 belongs to the system, x19 and up to the caller.
 */
__asm__(BEGIN "	hint #34\n"
	      "	stp x29,x30,[sp,#-16]!\n"
	      "	.cfi_def_cfa_offset 16\n"
	      "	.cfi_offset 29,-16\n"
	      "	.cfi_offset 30,-8\n"
	      "	mov x29,sp\n"
	      "	.cfi_def_cfa_register 29\n"
	      "	mov sp,x0\n"
	      "	mov x0,x2\n"
	      "	blr x1\n"
	      "	.irp i,0,1,2,3,4,5,6,7,16,17,18,19,20,21,22,23\n"
	      "	movi v\\i\\().16b,#0\n"
	      "	.endr\n"
	      "	.irp i,24,25,26,27,28,29,30,31\n"
	      "	movi v\\i\\().16b,#0\n"
	      "	.endr\n"
	      "	.irp i,8,9,10,11,12,13,14,15\n"
	      "	fmov d\\i,d\\i\n"
	      "	.endr\n"
	      "	.irp i,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17\n"
	      "	mov x\\i,#0\n"
	      "	.endr\n"
	      "	mov w0,w0\n"
	      "	mov sp,x29\n"
	      "	ldp x29,x30,[sp],#16\n"
	      "	.cfi_def_cfa 31,0\n"
	      "	.cfi_restore 29\n"
	      "	.cfi_restore 30\n"
	      "	ret\n" END);

static int vectors(void)
{
	return 0;
}

#endif

#if defined(ON_X86_64) || defined(ON_AARCH64)

bool mw_cpu_has_call_on(void)
{
	return true;
}

int mw_cpu_call_on(void *top, int (*function)(void *), void *argument)
{
	return mw_cpu_call_and_clear(top, function, argument, vectors());
}

#else

bool mw_cpu_has_call_on(void)
{
	return false;
}

/* Nobody calls this: see above. */
int mw_cpu_call_on(void *top, int (*function)(void *), void *argument)
{
	(void)top;
	return function(argument);
}

#endif
