// What one route takes of another's requests, as far as hosts, paths, conditions and listeners
// tell. Shared by the checks that compare routes; a `true` is certain, a `false` may only mean that
// it cannot be told.
#pragma once

#include <string>

#include "config/draft.hpp"

namespace ferroway::config {

// Equal for hosts that match the same names.
std::string host_key(const std::string& host);

// True when the route's path matches every path.
bool takes_everything(const route& of);
// True when every path that `later` matches matches `first` too.
bool covers_path(const route& first, const route& later);
// True when the conditions and listeners of `later` imply those of `first`.
bool asks_no_more(const route& first, const route& later);

// A route's name for a message, or what it matches; `place` says where it stands.
std::string described(const draft_route& which, const std::string& place);

}  // namespace ferroway::config
