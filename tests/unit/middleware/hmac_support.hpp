// Signs requests as a client does, by the RFC's text and not by the gateway's code, and sends them
// through an hmac.
#pragma once

#include <gtest/gtest.h>

#include "base/base64.hpp"
#include "http/http1/parse.hpp"
#include "middleware/hmac.hpp"
#include "unit/exchange/rig.hpp"

namespace ferroway::testing_hmac {

const std::string secret = "0123456789abcdef0123456789abcdef";
const std::string other_secret = "fedcba9876543210fedcba9876543210";
// When the worlds of these tests begin.
inline std::int64_t now_of(const io::loop& loop) {
  return std::chrono::duration_cast<std::chrono::seconds>(loop.wall_now().time_since_epoch())
      .count();
}

using lines = std::vector<std::pair<std::string, std::string>>;

inline std::string mac_of(const std::string& base, const std::string& key = secret) {
  credentials::digester by;
  const auto made = *credentials::mac_key(key).sign(by, base);
  return encode_base64({reinterpret_cast<const char*>(made.data()), made.size()});
}

// ("@method" "@path");created=1;keyid="a"
inline std::string inner_list(const lines& covered, const std::string& parameters) {
  std::string made = "(";
  for (const auto& [name, value] : covered) made += (made == "(" ? "\"" : " \"") + name + "\"";
  return made + ")" + parameters;
}

inline std::string base_of(const lines& covered, const std::string& parameters) {
  std::string base;
  for (const auto& [name, value] : covered) base += "\"" + name + "\": " + value + "\n";
  return base + "\"@signature-params\": " + inner_list(covered, parameters);
}

// The two fields of a signature.
inline std::string fields_of(const lines& covered, const std::string& parameters,
                             const std::string& key = secret) {
  return "Signature-Input: sig1=" + inner_list(covered, parameters) +
         "\r\nSignature: sig1=:" + mac_of(base_of(covered, parameters), key) + ":\r\n";
}

const lines usual{{"@method", "GET"},
                  {"@authority", "api.example.com"},
                  {"@path", "/orders"},
                  {"@query", "?limit=5"}};

inline std::string head_of(const std::string& fields,
                           const std::string& first = "GET /orders?limit=5") {
  return first + " HTTP/1.1\r\nHost: api.example.com\r\n" + fields + "\r\n";
}

// Brings a body in pieces.
class pieces final : public http::body_source {
 public:
  pieces(io::loop& loop, std::vector<std::string> texts) : loop_(loop), texts_(std::move(texts)) {}
  task<result<buffer>> read(io::cancel_scope&) override {
    if (next_ == texts_.size()) co_return buffer{};
    buffer piece = loop_.buffers().acquire();
    piece.append(texts_[next_++]);
    co_return piece;
  }

 private:
  io::loop& loop_;
  std::vector<std::string> texts_;
  std::size_t next_ = 0;
};

class signed_requests : public testing::Test, protected exchange_rig {
 protected:
  static config::hmac_middleware two_keys() {
    config::hmac_middleware made;
    made.keys = {{{"acme-1", "acme", secret}, {}}, {{"small-1", "small", other_secret}, {}}};
    made.consumers.known = {{"acme", {"gold", "eu"}, {}}};
    return made;
  }
  void guard(const config::hmac_middleware& from) {
    step = std::make_shared<hmac_guard>(from, 1, step.get());
    before.push_back(step);
  }
  std::int64_t now() const { return now_of(*loop); }
  std::string parameters(const std::string& key = "acme-1") const {
    return ";created=" + std::to_string(now()) + ";keyid=\"" + key + "\"";
  }

  // Another request, through `step`: the status.
  std::string ask(const std::string& head, const std::string& ready = "",
                  std::optional<std::vector<std::string>> rest = std::nullopt) {
    renew();
    from("192.0.2.7:1");
    ex().matched = &matched;
    ex().decisions = explained ? &decisions : nullptr;
    decisions.clear();
    const auto parsed =
        http1::parse_request_head(ex().memory.copy(head), {}, ex().memory, ex().request);
    EXPECT_TRUE(parsed) << head;
    if (!ready.empty()) {
      ex().request_body.ready = loop->buffers().acquire();
      ex().request_body.ready.append(ready);
    }
    if (rest) {
      source.emplace(*loop, std::move(*rest));
      ex().request_body.rest = &*source;
    }
    const result<response> reply = run({step});
    if (!reply) return std::string(to_string(reply.error().kind));
    body = reply->body.text;
    challenge = all_of(reply->head->fields, "WWW-Authenticate");
    accept = all_of(reply->head->fields, "Accept-Signature");
    return std::to_string(reply->head->status);
  }
  std::string reason() const { return decisions.empty() ? "" : decisions.back().reason; }

  std::shared_ptr<hmac_guard> step;
  std::vector<std::shared_ptr<hmac_guard>> before;
  std::vector<decision> decisions;
  std::optional<pieces> source;
  bool explained = true;
  std::string body, challenge, accept;
};

}  // namespace ferroway::testing_hmac
