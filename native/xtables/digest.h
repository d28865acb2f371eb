// A number that tells most rules apart.
#pragma once

#include "xtables/rule.h"

namespace lvs::xtables {

// The same for rules that do the same, as matches() says it.
uint64_t digestOf(const Rule& rule);

}  // namespace lvs::xtables
