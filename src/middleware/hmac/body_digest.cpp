#include "middleware/hmac/body_digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>

namespace ferroway {
namespace {

template <auto Free>
struct freeing {
  void operator()(auto* from) const noexcept { Free(from); }
};
using owned_digest = std::unique_ptr<EVP_MD, freeing<EVP_MD_free>>;

// Looked up once: OpenSSL takes a lock for it.
const EVP_MD* fetched(const char* name) {
  static const owned_digest sha256{EVP_MD_fetch(nullptr, "SHA256", nullptr)};
  static const owned_digest sha512{EVP_MD_fetch(nullptr, "SHA512", nullptr)};
  return (std::string_view(name) == "SHA256" ? sha256 : sha512).get();
}

// One digest under way; one that OpenSSL fails at fits nothing.
class running {
 public:
  void begin(const char* name) {
    const EVP_MD* by = fetched(name);
    use_.reset(EVP_MD_CTX_new());
    fine_ = use_ && by != nullptr && EVP_DigestInit_ex2(use_.get(), by, nullptr) == 1;
  }
  void add(std::string_view bytes) noexcept {
    if (use_) fine_ = fine_ && EVP_DigestUpdate(use_.get(), bytes.data(), bytes.size()) == 1;
  }
  template <std::size_t Bytes>
  bool is(const std::array<char, Bytes>& wanted) noexcept {
    unsigned char made[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    return fine_ && EVP_DigestFinal_ex(use_.get(), made, &size) == 1 && size == Bytes &&
           CRYPTO_memcmp(made, wanted.data(), Bytes) == 0;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, freeing<EVP_MD_CTX_free>> use_;
  bool fine_ = false;
};

}  // namespace

struct body_digest::state {
  running sha256, sha512;
};

body_digest::body_digest(const http::content_digest& wanted)
    : wanted_(wanted), state_(std::make_unique<state>()) {
  if (wanted_.sha256) state_->sha256.begin("SHA256");
  if (wanted_.sha512) state_->sha512.begin("SHA512");
}

body_digest::~body_digest() = default;

void body_digest::add(std::string_view bytes) noexcept {
  if (bytes.empty()) return;
  state_->sha256.add(bytes);
  state_->sha512.add(bytes);
}

bool body_digest::fits() noexcept {
  if (!wanted_.sha256 && !wanted_.sha512) return false;
  if (wanted_.sha256 && !state_->sha256.is(*wanted_.sha256)) return false;
  return !wanted_.sha512 || state_->sha512.is(*wanted_.sha512);
}

}  // namespace ferroway
