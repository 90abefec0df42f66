// Notices that files have changed, by asking for their status again and again: that sees what an
// editor renames over a file, the symlinks that Kubernetes swaps, bind mounts and network file
// systems alike (docs/adr/0008-reload.md). May block for as long as a file system does; belongs to
// one thread.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace ferroway::server {

class watched_files {
 public:
  // From now on these. Of a new one the next two polls count as a change: what happened to it since
  // it was read is not known.
  void follow(std::vector<std::string> paths);

  // Somebody else has read them, at a moment of their own: the next two polls count as a change.
  void forget_acted_on();

  // True when a file is not as it was when this last was true, and all are as they were at the last
  // poll: nobody is in the middle of writing them. One that never comes to rest (a folder in which
  // others work) delays that by a few polls only.
  bool poll();

 private:
  static constexpr int patience = 5;  // polls

  // What tells two states of a file apart.
  struct signatures {
    std::string acted_on;
    std::string seen;
  };
  std::map<std::string, signatures> paths_;
  int waited_ = 0;
};

}  // namespace ferroway::server
