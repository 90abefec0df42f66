#include "config/reaches.hpp"

#include <filesystem>
#include <string>

namespace ferroway::config {
namespace {

std::string path_of(const io::address& of) {
  return std::filesystem::path(of.path()).lexically_normal().string();
}

}  // namespace

bool reaches(const io::address& to, const io::address& of) {
  if (!to.is_ip() || !of.is_ip()) {
    return to.is() == of.is() && to.is() == io::address::kind::unix_path &&
           path_of(to) == path_of(of);
  }
  if (to.port() != of.port()) return false;
  return to.ip() == of.ip() || to.ip().is_unspecified() || of.ip().is_unspecified();
}

}  // namespace ferroway::config
