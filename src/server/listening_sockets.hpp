// Opening the sockets of listeners: one for each worker on TCP (SO_REUSEPORT), one shared by all on
// unix.
#pragma once

#include <expected>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "io/address.hpp"
#include "io/descriptor.hpp"

namespace ferroway::server {

// Bound and listening, one for each worker; those of a unix socket are duplicates of each other.
// Closing them before a worker has adopted them resets whoever connected meanwhile.
struct opened_sockets {
  std::vector<io::descriptor> by_worker;
  bool shared = false;
  io::address bound;
};

// All that `workers` need to listen at `at`, or a sentence that says why not. `ours`: this process
// listens there, or at an address that includes it, already. For so long an address that somebody
// else has is tried again, and the thread blocks meanwhile.
std::expected<opened_sockets, std::string> open_sockets(const io::address& at, unsigned workers,
                                                        bool ours = false, duration patience = {});

// Whether a connection to one might reach a socket at the other.
bool overlap(const io::address& a, const io::address& b) noexcept;

// What to tell people about a failure of the system at start-up.
std::string explain(const failure& why);

// The files of unix sockets that the process has made, and removes when it stops listening there.
// Any thread.
class socket_files {
 public:
  void add(const io::address& at);
  void remove(const io::address& at);
  void remove_all();

 private:
  std::mutex lock_;
  std::set<std::string> paths_;  // under lock_
};

}  // namespace ferroway::server
