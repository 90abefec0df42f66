// Which origins a `cors` allows. Made from its settings, then only read, by any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ferroway {

class allowed_origins {
 public:
  // As config::cors_middleware has them.
  explicit allowed_origins(const std::vector<std::string>& from);

  bool any() const noexcept { return any_; }  // "*"
  // `origin` as browsers write it (RFC 6454, 6.2): lower case, compared byte for byte.
  bool has(std::string_view origin) const noexcept;

 private:
  // "https://*.example.com:8443": one or more labels stand for the star, never none.
  struct wildcard {
    std::string before;  // "https://"
    std::string after;   // ".example.com:8443"
    bool takes(std::string_view origin) const noexcept;
  };

  bool any_ = false;
  std::vector<std::string> exact_;  // sorted
  std::vector<wildcard> wildcards_;
};

}  // namespace ferroway
