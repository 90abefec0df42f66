// Gives each exchange an id that the upstream, the answer and the log share: X-Request-ID. A
// trusted proxy's own is kept (identify_client has removed all others); anything that is not 1 to
// 128 visible characters is replaced.
#pragma once

#include "exchange/pipeline.hpp"

namespace ferroway {

class request_id final : public middleware {
 public:
  std::string_view kind() const noexcept override { return "request_id"; }
  task<result<response>> handle(exchange& ex, next_handler next) override;
};

}  // namespace ferroway
