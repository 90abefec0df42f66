// The token or key that a request brings, at the one place where its route looks for it.
#pragma once

#include <string>
#include <string_view>

#include "config/middlewares.hpp"
#include "exchange/exchange.hpp"

namespace ferroway {

struct presented_token {
  std::string_view text = {};  // in the exchange's memory
  bool is_there = false;       // something claims to be one
  const char* flaw = nullptr;  // why nothing is made of it: a literal
};

class token_finder {
 public:
  token_finder(config::token_place place, std::string name)
      : place_(place), name_(std::move(name)), id_(http::identify(name_)) {}

  bool in_query() const noexcept { return place_ == config::token_place::query; }
  const std::string& name() const noexcept { return name_; }

  presented_token find(exchange& ex) const;
  // Takes it out of what is sent on.
  void remove(exchange& ex) const;

 private:
  config::token_place place_;
  std::string name_;   // of the cookie, parameter or header
  http::field_id id_;  // of a header
};

}  // namespace ferroway
