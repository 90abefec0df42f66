// Pages of the configuration's own in place of the bodies of errors: the gateway's, or those of
// upstreams too. Status and headers stay, but for what described the old body. Stands outside what
// may fail; sees heads only, so that an answer that has begun is never touched. Immutable; any
// thread.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "config/middlewares.hpp"
#include "exchange/pipeline.hpp"
#include "middleware/page_template.hpp"

namespace ferroway {

class error_pages final : public middleware {
 public:
  explicit error_pages(const config::error_pages_middleware& from);
  std::string_view kind() const noexcept override { return "error_pages"; }
  task<result<response>> handle(exchange& ex, next_handler next) override;

 private:
  struct page {
    std::string file;
    std::string type;   // Content-Type
    std::string media;  // the same without parameters, in lower case
    page_template text;
    bool json;
  };
  using choice = std::vector<page>;

  static constexpr std::size_t first_status = 400;
  static constexpr std::size_t statuses = 200;

  // What the client wants most of those for its status; null where there is nothing for it.
  const page* find(const exchange& ex, std::uint16_t status) const noexcept;
  void put(exchange& ex, const page& chosen, response& into) const;

  std::vector<choice> choices_;
  std::array<std::uint16_t, statuses> of_status_{};  // index into choices_, and one; 0: none
  const bool of_all_;
};

}  // namespace ferroway
