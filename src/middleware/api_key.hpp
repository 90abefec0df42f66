// Lets requests through that carry the key of a consumer. Keys are stored as their SHA-256 alone: a
// request costs one digest, one look-up and no allocation. docs/middlewares/API_KEY.md is its page.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "credentials/key_table.hpp"
#include "middleware/consumer_guard.hpp"
#include "middleware/jwt/presented_token.hpp"

namespace ferroway {

class api_key_guard final : public consumer_guard {
 public:
  // `workers` is how many will share it.
  api_key_guard(const config::api_key_middleware& from, std::uint32_t workers);
  ~api_key_guard() override;

  std::string_view kind() const noexcept override { return config::api_key_kind; }
  std::span<const std::string> secret_parameters() const noexcept override { return secrets_; }
  task<result<response>> handle(exchange& ex, next_handler next) override;

 private:
  struct worker_part;
  credentials::key_table table_of(const config::api_key_middleware& from);

  const token_finder finder_;
  const credentials::key_table keys_;
  std::vector<std::string> secrets_;
  std::unique_ptr<worker_part[]> parts_;
};

}  // namespace ferroway
