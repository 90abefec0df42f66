#include "jwt/token_cache.hpp"

#include <algorithm>
#include <cstring>

#include "jwt/openssl.hpp"

namespace ferroway::jwt {
namespace {

void add_encoded(std::string_view text, std::string& to) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    // Spaces at the ends would be taken off.
    const bool inner_space =
        c == ' ' && i > 0 && i + 1 < text.size() && text[i - 1] != ' ' && text[i + 1] != ' ';
    if ((c > ' ' && c <= '~' && c != ',' && c != '%') || inner_space) {
      to += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    to += '%';
    to += digits[byte >> 4];
    to += digits[byte & 15];
  }
}

}  // namespace

std::string header_text(const claim_value& of) {
  std::string made;
  for (const std::string& item : of.items) {
    if (&item != of.items.data()) made += ',';
    add_encoded(item, made);
  }
  return made;
}

struct token_cache::hashing {
  owned_digest use{EVP_MD_CTX_new()};
  std::unique_ptr<EVP_MD, freeing<EVP_MD_free>> sha256{EVP_MD_fetch(nullptr, "SHA256", nullptr)};
};

token_cache::token_cache(std::size_t capacity)
    : sets_((capacity + ways - 1) / ways), hashing_(std::make_unique<hashing>()) {
  if (!hashing_->use || !hashing_->sha256) sets_ = 0;
}
token_cache::token_cache(token_cache&&) noexcept = default;
token_cache::~token_cache() = default;

token_cache::digest token_cache::digest_of(std::string_view token) noexcept {
  digest made{};
  const bool fine = EVP_DigestInit_ex2(hashing_->use.get(), hashing_->sha256.get(), nullptr) == 1 &&
                    EVP_DigestUpdate(hashing_->use.get(), token.data(), token.size()) == 1 &&
                    EVP_DigestFinal_ex(hashing_->use.get(), made.data(), nullptr) == 1;
  // Without digests there is no telling tokens apart.
  if (!fine) sets_ = 0;
  return made;
}

token_cache::slot* token_cache::set_of(const digest& of) noexcept {
  std::uint64_t number = 0;
  std::memcpy(&number, of.data(), sizeof number);
  return slots_.data() + number % sets_ * ways;
}

const remembered_token* token_cache::find(const digest& of, wall_time now) noexcept {
  if (slots_.empty() || sets_ == 0) return nullptr;
  slot* const first = set_of(of);
  slot* const found = std::find_if(
      first, first + ways, [&](const slot& each) { return each.what != nullptr && each.of == of; });
  if (found == first + ways) return nullptr;
  if (found->until <= now) {
    found->what.reset();
    return nullptr;
  }
  found->used = ++uses_;
  return found->what.get();
}

const remembered_token& token_cache::keep(const digest& of, remembered_token what,
                                          wall_time until) {
  if (slots_.empty()) slots_.resize(sets_ * ways);
  slot* const first = set_of(of);
  slot* const place = std::min_element(first, first + ways, [](const slot& a, const slot& b) {
    return (a.what ? a.used : 0) < (b.what ? b.used : 0);
  });
  *place = {of, until, ++uses_, std::make_unique<remembered_token>(std::move(what))};
  return *place->what;
}

}  // namespace ferroway::jwt
