#include "credentials/digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>

#include "base/text.hpp"

namespace ferroway::credentials {
namespace {

constexpr std::string_view prefix = "sha256:";

template <auto Free>
struct freeing {
  void operator()(auto* from) const noexcept { Free(from); }
};

}  // namespace

struct digester::state {
  std::unique_ptr<EVP_MD_CTX, freeing<EVP_MD_CTX_free>> use{EVP_MD_CTX_new()};
  std::unique_ptr<EVP_MD, freeing<EVP_MD_free>> sha256{EVP_MD_fetch(nullptr, "SHA256", nullptr)};
};

digester::digester() : state_(std::make_unique<state>()) {}
digester::digester(digester&&) noexcept = default;
digester& digester::operator=(digester&&) noexcept = default;
digester::~digester() = default;

std::optional<digest> digester::of(std::initializer_list<std::string_view> pieces) noexcept {
  EVP_MD_CTX* const use = state_->use.get();
  if (use == nullptr || state_->sha256 == nullptr) return std::nullopt;
  if (EVP_DigestInit_ex2(use, state_->sha256.get(), nullptr) != 1) return std::nullopt;
  for (const std::string_view piece : pieces) {
    if (EVP_DigestUpdate(use, piece.data(), piece.size()) != 1) return std::nullopt;
  }
  digest made{};
  if (EVP_DigestFinal_ex(use, made.data(), nullptr) != 1) return std::nullopt;
  return made;
}

std::optional<digest> parse_digest(std::string_view text) noexcept {
  if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
  digest made{};
  if (text.size() != made.size() * 2) return std::nullopt;
  for (std::size_t i = 0; i < made.size(); ++i) {
    const int high = hex_value(text[i * 2]), low = hex_value(text[i * 2 + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    made[i] = static_cast<unsigned char>(high * 16 + low);
  }
  return made;
}

std::string to_text(const digest& of) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text(prefix);
  for (const unsigned char byte : of) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

bool equal(const digest& a, const digest& b) noexcept {
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace ferroway::credentials
