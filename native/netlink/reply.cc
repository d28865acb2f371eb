#include "netlink/reply.h"

#include <cstring>

namespace lvs::netlink {

Verdict readVerdict(const Message& message) {
  Verdict verdict;
  if (message.size < sizeof(int32_t)) {
    // DONE without a payload is a plain end; an error message must say which error.
    verdict.error = message.header.nlmsg_type == NLMSG_DONE ? 0 : -EBADMSG;
    return verdict;
  }
  verdict.error = load<int32_t>(message.payload);
  if (verdict.error > 0) verdict.error = 0;  // a dump may end with a positive count
  if ((message.header.nlmsg_flags & NLM_F_ACK_TLVS) == 0) return verdict;
  // With NETLINK_CAP_ACK the request's header is echoed, its payload is not.
  const size_t skip = message.header.nlmsg_type == NLMSG_DONE ? sizeof(int32_t) : sizeof(nlmsgerr);
  if (message.size < skip) return verdict;
  AttributeReader attributes(message.payload + skip, message.size - skip);
  Attribute attribute;
  while (attributes.next(&attribute)) {
    if (attribute.type == NLMSGERR_ATTR_MSG) {
      verdict.text = reinterpret_cast<const char*>(attribute.data);
      verdict.textLength = strnlen(verdict.text, attribute.size);
    } else if (attribute.type == NLMSGERR_ATTR_OFFS && attribute.size >= sizeof(uint32_t)) {
      verdict.offset = load<uint32_t>(attribute.data);
    }
  }
  return verdict;
}

}  // namespace lvs::netlink
