// What a protocol offers to the thread that carries it. Everything here is called on that thread,
// after it has joined the handle's network namespace.
#pragma once

#include <vector>

#include "records/block.h"

namespace lvs {

// A request as TypeScript names it: `protocol.operations[i].name`.
struct OperationName {
  const char* name;
  bool read;  // changes nothing, so it may be asked again when its answer was lost
};

// The thread's side of a running batch: where results go, and whether anybody still waits.
class Host {
 public:
  virtual ~Host() = default;
  virtual ResultWriter& results() = 0;
  // Whether there are many results, or it has been a while, so that they should be handed on.
  virtual bool isDue() = 0;
  // Hands the results collected so far to TypeScript.
  virtual void post() = 0;
  void postIfDue() {
    if (isDue()) post();
  }
  // In the middle of a result of that id: hands on what there is of it, and begins the next part.
  void postPart(uint32_t id) {
    if (!isDue()) return;
    results().end(0, kMore);
    post();
    results().begin(id);
  }
  virtual bool cancelled(uint32_t id) = 0;
};

// What a backend waits for while no batch is running.
class Watcher {
 public:
  virtual ~Watcher() = default;
  // Adds the descriptors to watch; readable() is called when any of them is ready.
  virtual void watched(std::vector<int>* descriptors) const = 0;
  virtual void readable(Host& host) = 0;
  // Milliseconds after which readable() is called although none is; -1: never.
  virtual int patience() const { return -1; }
};

class Backend {
 public:
  virtual ~Backend() = default;
  // 0 or a negative errno; *stage names the step that failed.
  virtual int open(const char** stage) = 0;
  virtual void run(RequestReader requests, Host& host) = 0;
  // Null where nothing but the next batch is waited for.
  virtual Watcher* watcher() { return nullptr; }
};

// One kind of handle: how to make its backend, and what it tells TypeScript of itself.
struct Protocol {
  const char* name;
  const Table* const* tables;
  uint16_t tableCount;
  bool (*operationAt)(uint16_t index, OperationName* operation);
  Backend* (*make)();
};

}  // namespace lvs
