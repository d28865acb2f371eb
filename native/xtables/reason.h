#pragma once

namespace lvs::xtables {

// Gives an error on and says why. Wherever a function takes a `reason`, it is a static text or left
// alone, so it should be null to begin with.
inline int fail(int error, const char** reason, const char* text) {
  *reason = text;
  return error;
}

}  // namespace lvs::xtables
