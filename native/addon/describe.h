#pragma once

#include <napi.h>

#include "records/backend.h"

namespace lvs::addon {

// A protocol's operations and the layouts of its records, as plain JavaScript objects.
Napi::Object describe(Napi::Env env, const Protocol& protocol);

}  // namespace lvs::addon
