// Answers leave in a content coding that the client accepts (RFC 9110, 8.4 and 12.5.3), made as
// they stream. Not what is encoded already, what must not be transformed, what is too short or of a
// kind that does not get smaller. Immutable; any thread; encoders belong to threads
// (compress/encoder_pool.hpp).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/middlewares.hpp"
#include "exchange/pipeline.hpp"
#include "http/accept_encoding.hpp"
#include "middleware/compress/encoder_pool.hpp"
#include "telemetry/traffic.hpp"

namespace ferroway {

class compress final : public middleware {
 public:
  explicit compress(const config::compress_middleware& from) : from_(from) {}

  std::string_view kind() const noexcept override { return "compress"; }
  void count_in(telemetry::metrics& all) override;
  task<result<response>> handle(exchange& ex, next_handler next) override;

 private:
  // What the request says, before middlewares behind this one edit it.
  struct wish {
    http::coding_choice choice;
    bool untransformed = false;  // Cache-Control: no-transform
  };
  wish wish_of(const exchange& ex) const noexcept;

  // Why no client would get the answer compressed; empty: some would.
  std::string_view obstacle(const exchange& ex, const response& reply) const;
  bool is_listed(std::string_view content_type) const;
  // A validation of what was compressed before (RFC 9110, 15.4.5) bears the same ETag and Vary.
  void match_what_was_sent(exchange& ex, http::field_list& answer) const;
  result<void> encode(exchange& ex, response& reply, http::content_coding coding) const;
  // False: it would not get smaller, and stays as it is.
  static result<bool> encode_body(exchange& ex, response& reply, http::content_coding coding,
                                  encoder_loan by);
  void leave(exchange& ex, std::string_view why) const { ex.record(name(), "passed", why); }

  const config::compress_middleware from_;
  std::shared_ptr<telemetry::middleware_stats> stats_;  // null: nobody counts
};

}  // namespace ferroway
