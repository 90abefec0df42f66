// A body against the digests that its Content-Digest says (RFC 9530), piece by piece as it comes.
// Lives for one body; one thread.
#pragma once

#include <memory>
#include <string_view>

#include "http/content_digest.hpp"

namespace ferroway {

class body_digest {
 public:
  explicit body_digest(const http::content_digest& wanted);
  ~body_digest();

  void add(std::string_view bytes) noexcept;
  // Once, behind the last byte: each digest that was said, and is known, is the body's.
  bool fits() noexcept;

 private:
  struct state;
  const http::content_digest wanted_;
  std::unique_ptr<state> state_;
};

}  // namespace ferroway
