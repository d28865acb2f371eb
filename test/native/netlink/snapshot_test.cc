// What two readings of the tree have in common.
#include "ipvs/snapshot.h"

#include "check.h"

using lvs::ipvs::Seen;

namespace {

constexpr size_t kSize = 3;

Seen seen(const std::vector<std::string>& pieces) {
  Seen all(kSize);
  for (const std::string& piece : pieces) memcpy(all.add(), piece.data(), kSize);
  return all;
}

}  // namespace

TEST(sameTrees, "snapshot: what was listed in another order is the same") {
  const Seen before = seen({"one", "two", "six", "one"});
  CHECK(before.same(seen({"one", "two", "six", "one"})));
  CHECK(before.same(seen({"six", "one", "one", "two"})));
  CHECK(seen({}).same(seen({})));
}

TEST(otherTrees, "snapshot: what came, went or changed is seen") {
  const Seen before = seen({"one", "two", "six"});
  CHECK(!before.same(seen({"one", "two"})));
  CHECK(!before.same(seen({"one", "two", "six", "ten"})));
  CHECK(!before.same(seen({"one", "ten", "six"})));
  CHECK(!seen({"one", "one", "six"}).same(seen({"one", "six", "six"})));
  CHECK(!before.same(seen({})));
}
