// SPDX-License-Identifier: Apache-2.0
// What stands in the directory, as TidyTests write it. No include guard: part of an array.
#define FILE "../../schemas/profiles/cloudtrail.profile"
#include "embed.h"
#define FILE "../../schemas/profiles/litellm.profile"
#include "embed.h"
