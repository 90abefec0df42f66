// Changes to a message's fields: `remove`, then `set`, `append` and `add`. Values may hold
// variables, which see the message as it was before.
#pragma once

#include <string>
#include <vector>

#include "config/middlewares.hpp"
#include "exchange/pipeline.hpp"
#include "exchange/variables.hpp"

namespace ferroway {

class header_edits {
 public:
  explicit header_edits(const config::header_edits& from);
  void apply(exchange& ex, http::field_list& fields) const;

 private:
  struct edit {
    std::string name;
    http::field_id id;
    text_template value;
  };
  static std::vector<edit> compile(
      const std::vector<std::pair<std::string, config::template_text>>& from);
  static void append(arena& memory, http::field_list& fields, const edit& item,
                     std::string_view value);

  struct removal {
    std::string name;
    http::field_id id;
  };
  std::vector<removal> remove_;
  std::vector<edit> set_;
  std::vector<edit> append_;
  std::vector<edit> add_;
};

// Before the upstream sees the request. A plain function: it costs no coroutine.
class request_headers final : public middleware {
 public:
  explicit request_headers(const config::header_edits& edits) : edits_(edits) {}
  std::string_view kind() const noexcept override { return "request_headers"; }
  task<result<response>> handle(exchange& ex, next_handler next) override;

 private:
  header_edits edits_;
};

// Before the client sees the answer, the gateway's own errors included.
class response_headers final : public middleware {
 public:
  explicit response_headers(const config::header_edits& edits) : edits_(edits) {}
  std::string_view kind() const noexcept override { return "response_headers"; }
  task<result<response>> handle(exchange& ex, next_handler next) override;

 private:
  static void edit(exchange& ex, http::response_head& head, const void* with);

  header_edits edits_;
};

}  // namespace ferroway
