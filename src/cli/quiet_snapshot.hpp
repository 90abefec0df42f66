// A configuration made into live objects that serve nobody: for verbs that rehearse. Its access
// logs go nowhere.
#pragma once

#include <memory>
#include <string>

#include "config/load.hpp"
#include "server/snapshot.hpp"

namespace ferroway::cli {

class quiet_snapshot {
 public:
  explicit quiet_snapshot(const std::string& file);

  // What was read; its diagnostics say why there is no value.
  const config::loaded& file() const noexcept { return file_; }
  const std::shared_ptr<const server::snapshot>& value() const noexcept { return value_; }

 private:
  config::loaded file_;
  std::shared_ptr<const server::snapshot> value_;
};

}  // namespace ferroway::cli
