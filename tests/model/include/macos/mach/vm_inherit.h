/* SPDX-License-Identifier: MIT */
/* xnu 11417, osfmk/mach/vm_inherit.h. */
#ifndef MW_MODEL_VM_INHERIT_H
#define MW_MODEL_VM_INHERIT_H

#define VM_INHERIT_COPY 1
#define VM_INHERIT_NONE 2

#endif
