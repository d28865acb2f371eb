// The dynamic linker's auditor (rtld-audit(7)): one function of Node-API refuses the addon, as programs
// that embed Node may. LVS_REFUSED names it.
#define _GNU_SOURCE
#include <link.h>
#include <stdlib.h>
#include <string.h>

static int refuse(void) { return 9; }  // napi_generic_failure

unsigned int la_version(unsigned int version) { return version; }

unsigned int la_objopen(struct link_map* object, Lmid_t space, uintptr_t* cookie) {
  (void)object, (void)space, (void)cookie;
  return LA_FLG_BINDTO | LA_FLG_BINDFROM;
}

uintptr_t la_symbind64(ElfW(Sym)* symbol, unsigned int index, uintptr_t* from, uintptr_t* to, unsigned int* flags,
                       const char* name) {
  (void)index, (void)from, (void)to, (void)flags;
  const char* refused = getenv("LVS_REFUSED");
  return refused != NULL && strcmp(name, refused) == 0 ? (uintptr_t)refuse : symbol->st_value;
}
