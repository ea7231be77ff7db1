/* SPDX-License-Identifier: MIT */
/* For those who start memward, and for fork. */
#ifndef MW_CORE_ENDS_H
#define MW_CORE_ENDS_H

void mw_ends_start(void);
void mw_ends_hold(void);
void mw_ends_let_go(void);

#endif
