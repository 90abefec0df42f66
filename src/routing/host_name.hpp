// Hosts as routing sees them: without port, in lower case, without one trailing dot.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace ferroway::routing {

// The host of a request's authority ("Shop.Example.com.:8080" -> "shop.example.com"). A value on
// the stack of one match. Longer names than DNS allows (253 bytes) are no host of any route: name()
// is empty then.
class request_host {
 public:
  explicit request_host(std::string_view authority) noexcept;
  std::string_view name() const noexcept { return {lower_.data(), size_}; }
  // The same bytes as the client wrote them: a view of the authority.
  std::string_view as_received() const noexcept { return received_; }

 private:
  static constexpr std::size_t bytes_max = 253;
  std::array<char, bytes_max> lower_;  // the first size_ bytes are set
  std::size_t size_ = 0;
  std::string_view received_;
};

// What a route says about its host.
struct host_pattern {
  enum class kind : std::uint8_t { any, exact, wildcard };
  kind is = kind::any;
  std::string name;     // exact: the host; wildcard: what follows the first dot ("example.com")
  std::string capture;  // wildcard: its name, empty for `*`
};

// "", "api.example.com", "*.example.com", "{tenant}.example.com". The error says what is wrong, for
// people.
std::expected<host_pattern, std::string> parse_host_pattern(std::string_view pattern);

}  // namespace ferroway::routing
