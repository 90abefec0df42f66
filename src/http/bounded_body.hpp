// A body whose length nobody told, held to a bound as it comes: no byte behind the bound is passed
// on. Stands before another source, which outlives it; one thread. It owns nothing, so that it may
// lie in an exchange's memory, which runs no destructors.
#pragma once

#include "http/body.hpp"

namespace ferroway::http {

class bounded_body final : public body_source {
 public:
  // `bytes_before` have arrived already and count too. Unless `enforced`, it only watches.
  bounded_body(body_source& source, std::uint64_t bytes_max, std::uint64_t bytes_before,
               bool enforced) noexcept
      : source_(source), bytes_max_(bytes_max), bytes_(bytes_before), enforced_(enforced) {}

  // Behind the bound: fault::body_too_large, the client's.
  task<result<buffer>> read(io::cancel_scope& scope) override;
  const field_list* trailers() const noexcept override { return source_.trailers(); }

  bool exceeded() const noexcept { return bytes_ > bytes_max_; }

 private:
  body_source& source_;
  std::uint64_t bytes_max_;
  std::uint64_t bytes_;
  bool enforced_;
};

}  // namespace ferroway::http
