// The middlewares' settings as plain values; the keys that they are read from are in
// keys_middlewares.cpp. Apart from config.hpp, so that a new kind concerns only those who know the
// kinds.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "config/config.hpp"
#include "credentials/key_list.hpp"
#include "credentials/mac_key_list.hpp"
#include "credentials/user_list.hpp"
#include "http/accept_encoding.hpp"
#include "telemetry/log_destination.hpp"

namespace ferroway::config {

struct header_edits {
  std::vector<std::pair<std::string, template_text>> set;
  std::vector<std::pair<std::string, template_text>> append;
  std::vector<std::pair<std::string, template_text>> add;
  std::vector<std::string> remove;
  bool operator==(const header_edits&) const = default;
};

struct request_id_middleware {
  bool operator==(const request_id_middleware&) const = default;
};
enum class log_format : std::uint8_t { json, combined, as_template };
struct access_log_middleware {
  static constexpr std::uint32_t sample_all = 100'000;

  log_format format = log_format::json;
  template_text line;  // of as_template; variables of the log among them (variables.hpp)
  telemetry::log_destination to;
  position to_at;
  std::uint32_t sample = sample_all;  // of 100,000 exchanges without an error: 1% is 1,000
  bool only_errors = false;
  bool operator==(const access_log_middleware&) const = default;
};
struct request_headers_middleware {
  header_edits edits;
  bool operator==(const request_headers_middleware&) const = default;
};
struct response_headers_middleware {
  header_edits edits;
  bool operator==(const response_headers_middleware&) const = default;
};

// 100/s: so many in each period, evenly.
struct request_rate {
  std::uint64_t count = 1;
  duration period = std::chrono::seconds(1);
  // At least one.
  std::uint64_t of_a_second() const noexcept;
  bool operator==(const request_rate&) const = default;
};

struct rate_limit_middleware {
  request_rate rate = {};
  std::uint64_t burst = 1;                      // at once, from rest
  std::vector<std::string> key{"client.ip"};    // variables; who has the same values is one client
  std::map<std::string, request_rate> rates{};  // for values of the first variable
  // For consumers by their groups, where `consumer` is the first variable; and what finish() makes
  // of it: the rate of each consumer that `rates` does not name.
  std::map<std::string, request_rate> group_rates{};
  std::map<std::string, request_rate> consumer_rates{};
  std::uint64_t cost = 1;     // of a request, in requests
  std::uint8_t v4_bits = 32;  // of an address that count as one client
  std::uint8_t v6_bits = 64;
  std::size_t clients = 1'000'000;  // that there is room for
  bool fields = true;               // RateLimit and RateLimit-Policy
  bool shadow = false;
  bool operator==(const rate_limit_middleware&) const = default;
};

inline constexpr std::string_view cors_kind = "cors";

// Which pages of other origins may use what a route serves.
struct cors_middleware {
  // In lower case, without default ports: "https://app.example.com", "https://*.example.com",
  // "null"; "*" stands alone.
  std::vector<std::string> origins = {};
  bool credentials = false;
  std::vector<std::string> methods = {};  // empty: the one that is asked for
  std::vector<std::string> headers = {};  // empty: those that are asked for
  std::vector<std::string> expose = {};
  std::optional<duration> max_age = {};  // none: the browser's own
  bool private_network = false;
  bool shadow = false;
  bool operator==(const cors_middleware&) const = default;
};

// What makes browsers careful with answers. An empty value: not sent.
struct security_headers_middleware {
  std::string strict_transport_security = "max-age=31536000";  // where the request came by https
  std::string content_type_options = "nosniff";
  std::string frame_options = "DENY";
  std::string referrer_policy = "strict-origin-when-cross-origin";
  std::string content_security_policy = {};
  std::string permissions_policy = {};
  bool override_upstream = false;
  bool operator==(const security_headers_middleware&) const = default;
};

// Networks as the file has them: an item may be several lines (of a file), with comments.
struct network_list {
  std::vector<std::string> written;
  std::vector<io::ip_network> networks;
  bool operator==(const network_list&) const = default;
};

// At least one of the lists has something in it; no network is in both.
struct ip_filter_middleware {
  network_list allow;
  network_list deny;
  bool shadow = false;
  bool operator==(const ip_filter_middleware&) const = default;
};
struct body_limit_middleware {
  std::uint64_t size = 0;
  bool shadow = false;
  bool operator==(const body_limit_middleware&) const = default;
};
struct concurrency_limit_middleware {
  std::size_t requests = 1;  // in flight at once
  std::string key = {};      // a variable: so many for each of its values; empty: in all
  std::size_t queue = 0;     // that wait for one of them to end
  duration queue_timeout = seconds(1);
  bool shadow = false;
  bool operator==(const concurrency_limit_middleware&) const = default;
};

// A key that tokens are checked with. Exactly one of `secret` and `file`.
struct jwt_key {
  std::string algorithm;  // "RS256"
  std::string id = {};    // the `kid` of the tokens that it is for; empty: of any
  template_text secret = {};
  std::string file = {};  // as written
  std::string text = {};  // what is in it: another content is another configuration
  bool operator==(const jwt_key&) const = default;
};

// Where key sets are fetched from.
struct jwks_address {
  std::string url;
  io::address at = {};
  std::string authority = {};  // "id.example.com:8080"
  std::string target = {};     // "/jwks.json?v=1"
  bool operator==(const jwks_address&) const = default;
};

// What a claim must be; the values may hold variables.
struct jwt_claim {
  enum class kind : std::uint8_t { equal, one_of, contains };
  std::string path;
  kind is = kind::equal;
  std::vector<template_text> values = {};
  bool operator==(const jwt_claim&) const = default;
};

enum class token_place : std::uint8_t { authorization, cookie, query, header };

inline constexpr std::string_view jwt_kind = "jwt";

// Exactly one of `keys`, `jwks_file` and `jwks` has something in it.
struct jwt_middleware {
  std::vector<std::string> issuers = {};    // empty: any
  std::vector<std::string> audiences = {};  // empty: any
  std::vector<jwt_key> keys = {};
  std::string jwks_file = {};
  std::string jwks_text = {};  // what is in it
  boxed<jwks_address> jwks = {};
  bool insecure = false;  // http beyond loopback
  duration refresh = std::chrono::minutes(10);
  std::vector<std::string> algorithms = {};  // of key sets; empty: all for public keys
  duration leeway = seconds(30);
  bool expiry_required = true;
  std::vector<std::string> scopes = {};
  std::vector<jwt_claim> claims = {};
  token_place place = token_place::authorization;
  std::string place_name = {};  // of the cookie or parameter
  bool strip = false;
  std::vector<std::pair<std::string, std::string>> to_headers = {};  // header and claim
  std::string consumer = {};                                         // a claim; empty: none
  std::string realm = {};
  std::size_t cache = 4096;  // tokens, for each worker
  bool optional = false;
  bool shadow = false;
  std::vector<std::string> named = {};  // claims that variables anywhere name; finish() knows them
  bool operator==(const jwt_middleware&) const = default;
};

// What is told of a consumer in a header.
enum class consumer_fact : std::uint8_t { name, groups };

// What those have in common who find out by a secret which consumer asks.
struct consumer_rules {
  std::vector<std::string> groups = {};  // one of them is needed; empty: none is
  std::vector<std::pair<std::string, consumer_fact>> to_headers = {};
  bool strip = false;
  std::string realm = {};
  bool optional = false;
  bool shadow = false;
  std::vector<consumer> known =
      {};  // those of the configuration, where they matter; finish() knows
  bool operator==(const consumer_rules&) const = default;
};

inline constexpr std::string_view api_key_kind = "api_key";

struct api_key_middleware {
  token_place place = token_place::header;  // authorization, query or header
  std::string place_name = "X-API-Key";
  std::vector<credentials::listed_key> keys = {};
  std::string keys_file = {};                         // as written
  std::vector<credentials::listed_key> of_file = {};  // what is in it
  consumer_rules consumers = {};
  bool operator==(const api_key_middleware&) const = default;
};

inline constexpr std::string_view basic_auth_kind = "basic_auth";

struct basic_auth_middleware {
  std::string users_file = {};                       // as written
  std::vector<credentials::listed_user> users = {};  // what is in it
  duration remember = std::chrono::minutes(5);       // a login that was right; 0: not at all
  consumer_rules consumers = {};
  bool operator==(const basic_auth_middleware&) const = default;
};

inline constexpr std::string_view hmac_kind = "hmac";

struct hmac_key {
  credentials::listed_mac_key key;
  template_text secret;  // as written
  bool operator==(const hmac_key&) const = default;
};

struct hmac_middleware {
  std::vector<hmac_key> keys = {};
  std::string keys_file = {};                             // as written
  std::vector<credentials::listed_mac_key> of_file = {};  // what is in it
  // That each signature has to cover.
  std::vector<std::string> components = {"@method", "@authority", "@path", "@query"};
  bool content_digest = true;                     // and this wherever there is a body
  std::size_t body_bytes = std::size_t{1} << 20;  // that are held to be compared with it
  duration max_age = std::chrono::minutes(5);
  duration leeway = seconds(30);
  std::size_t nonces = 0;  // that are remembered; 0: they need not be new
  std::string tag = {};    // that the signature has; empty: any
  consumer_rules consumers = {};
  bool operator==(const hmac_middleware&) const = default;
};

// How a value is written into a page, so that it cannot become anything else there.
enum class page_escape : std::uint8_t { html, json, none };

struct error_page {
  std::string file;  // as the configuration has it
  std::string type;  // Content-Type
  page_escape escape = page_escape::none;
  template_text text;  // what was in the file; `response.status` is a variable too
  bool operator==(const error_page&) const = default;
};
struct error_pages_middleware {
  struct entry {
    std::uint16_t first = 400;
    std::uint16_t last = 599;
    std::vector<error_page> pages;  // one or more, for clients that accept different types
    bool operator==(const entry&) const = default;
  };
  std::vector<entry> pages;
  bool of_all = false;  // of upstreams too, not only those of the gateway's own
  bool operator==(const error_pages_middleware&) const = default;
};

// Names of headers are as the file has them.
struct forward_auth_middleware {
  std::string upstream = {};  // its name
  std::string method = "GET";
  std::string path = "/";  // with its query
  duration timeout = seconds(5);
  std::vector<std::string> request_headers = {};  // of the client's; empty: all but a few
  std::vector<std::string> to_request = {};
  std::vector<std::string> to_response = {};
  bool pass_on_error = false;
  bool shadow = false;
  bool operator==(const forward_auth_middleware&) const = default;
};

enum class compression_level : std::uint8_t { fast, usual, best };
inline constexpr std::size_t compression_levels = 3;

// What is compressed where nobody says: texts, and what is made of text.
std::vector<std::string> compressed_types();

struct compress_middleware {
  std::vector<http::content_coding> encodings = {
      http::content_coding::zstd, http::content_coding::br, http::content_coding::gzip};
  compression_level level = compression_level::usual;
  std::uint64_t bytes_min = 1024;
  std::vector<std::string> types = compressed_types();  // media ranges in lower case
  bool operator==(const compress_middleware&) const = default;
};

struct middleware_settings {
  std::variant<request_id_middleware, access_log_middleware, request_headers_middleware,
               response_headers_middleware, rate_limit_middleware, cors_middleware,
               security_headers_middleware, ip_filter_middleware, body_limit_middleware,
               concurrency_limit_middleware, compress_middleware, error_pages_middleware,
               forward_auth_middleware, jwt_middleware, api_key_middleware, basic_auth_middleware,
               hmac_middleware>
      as;
  bool operator==(const middleware_settings&) const = default;
};

// Of a middleware that knows consumers by a secret; null: of another kind.
const consumer_rules* consumer_rules_of(const middleware_settings& of) noexcept;
consumer_rules* consumer_rules_of(middleware_settings& of) noexcept;

}  // namespace ferroway::config
