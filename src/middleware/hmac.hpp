// Lets requests through that a consumer's secret has signed: HTTP Message Signatures (RFC 9421)
// with hmac-sha256. What is taken of the RFC, and why, is in docs/middlewares/HMAC.md.
//
// Who asks is decided by the head; where that signs the body's digest, the body is read to its end
// before anything is sent on, so that no upstream sees a byte that nobody has signed.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "credentials/mac_key.hpp"
#include "credentials/seen_nonces.hpp"
#include "http/content_digest.hpp"
#include "http/message_signature.hpp"
#include "middleware/consumer_guard.hpp"

namespace ferroway {

class hmac_guard final : public consumer_guard {
 public:
  // `workers` is how many will share it. From `before`, the one of that name before this, it takes
  // over which nonces were seen.
  hmac_guard(const config::hmac_middleware& from, std::uint32_t workers,
             const hmac_guard* before = nullptr);
  ~hmac_guard() override;

  std::string_view kind() const noexcept override { return config::hmac_kind; }
  task<result<response>> handle(exchange& ex, next_handler next) override;

 private:
  struct worker_part;
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  struct known_key {
    credentials::mac_key key;
    std::uint32_t consumer;
  };
  struct verdict {
    const known_key* key = nullptr;
    const char* why = nullptr;    // it is refused; a literal
    std::string_view shown = {};  // the same, for explain
    bool crowded = false;         // whether it is a repetition cannot be told
    bool digest = false;          // the body has to be read
  };

  void add_to_challenge(exchange& ex, http::response_head& head) const override;

  verdict judge(exchange& ex, std::string_view input, std::string_view signatures) const;
  const http::message_signature* choose(const http::message_signatures& among,
                                        const known_key*& key, const char*& why) const;
  const char* flaw_of_times(const http::message_signature& shown, wall_time now) const;
  // What it does not cover and has to; empty where it covers all.
  std::string_view lacking(const exchange& ex, const http::message_signature& shown) const;
  void verify(exchange& ex, const http::message_signature& shown, verdict& into) const;
  task<result<response>> check_body(exchange& ex, next_handler next, std::uint32_t consumer) const;
  task<result<response>> read_body(exchange& ex, next_handler next, std::uint32_t consumer,
                                   http::content_digest wanted) const;
  task<result<response>> refuse_body(exchange& ex, next_handler next, const failure& why) const;
  task<result<response>> let_pass(exchange& ex, next_handler next, std::uint32_t consumer) const;

  std::vector<std::string> components_;
  const bool digest_required_;
  const std::size_t body_bytes_max_;
  const duration max_age_;
  const duration leeway_;
  const std::string tag_;
  std::string accepted_, accepted_with_body_;                                    // Accept-Signature
  std::unordered_map<std::string, known_key, text_hash, std::equal_to<>> keys_;  // by id
  std::shared_ptr<credentials::seen_nonces> nonces_;  // null: they need not be new
  std::unique_ptr<worker_part[]> parts_;
};

}  // namespace ferroway
