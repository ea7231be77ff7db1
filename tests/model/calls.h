/* SPDX-License-Identifier: MIT */
/* What the backend calls in place of the system; see redirect.h. */
#ifndef MW_TESTS_MODEL_CALLS_H
#define MW_TESTS_MODEL_CALLS_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Every system that is modelled has it as two numbers of 64 bits. */
struct model_rlimit {
	uint64_t soft;
	uint64_t hard;
};

void *model_mmap(void *mem, size_t len, int prot, int flags, int fd, off_t at);
int model_munmap(void *mem, size_t len);
void *model_mremap(void *old, size_t len, size_t new_len, int flags, ...);
int model_mprotect(void *mem, size_t len, int prot);
int model_madvise(void *mem, size_t len, int advice);
int model_minherit(void *mem, size_t len, int inherit);
int model_memcntl(void *mem, size_t len, int command, void *argument,
    int attributes, int mask);
int model_mlock(const void *mem, size_t len);
int model_mlock2(const void *mem, size_t len, int flags);
int model_munlock(const void *mem, size_t len);
int model_msync(void *mem, size_t len, int flags);
int model_mimmutable(void *mem, size_t len);
int model_setrlimit(int resource, const struct model_rlimit *limit);
int model_getrlimit(int resource, struct model_rlimit *limit);
int model_pipe(int fd[2]);
ssize_t model_read(int fd, void *to, size_t len);
ssize_t model_write(int fd, const void *from, size_t len);
int model_close(int fd);
int model_ftruncate(int fd, off_t len);
int model_open(const char *path, int flags, ...);
long model_sysconf(int name);
int model_pkey_alloc(void);
int model_pkey_free(int key);
int model_pkey_mprotect(void *mem, size_t len, int key);
long model_syscall(long number, ...);
void *model_realloc(void *old, size_t len);
void *model_malloc(size_t len);
ssize_t model_getrandom(void *mem, size_t len, unsigned flags);
int model_getentropy(void *mem, size_t len);
int model_issetugid(void);
char *model_secure_getenv(const char *name);
int model_pthread_atfork(
    void (*before)(void), void (*parent)(void), void (*child)(void));
int model_pthread_key_create(pthread_key_t *key, void (*end)(void *));
int model_pthread_setspecific(pthread_key_t key, const void *value);
int model_prctl(int option, ...);
int model_procctl(int kind, id_t id, int command, void *argument);
int model_sysctl(const int *name, unsigned count, void *old, size_t *old_len,
    void *new_value, size_t new_len);
int model_ptrace(int request, pid_t pid, char *address, int data);
int model_setpflags(unsigned flag, unsigned value);

#endif
