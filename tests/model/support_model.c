/* SPDX-License-Identifier: MIT */
/* The account of locked memory of the model, in place of the kernel's. */
#include "support.h"

#include "model/model.h"

bool support_is_locked(const void *page, bool *known)
{
	*known = model_is_mapped(page);
	return model_lock_count(page) != 0;
}
