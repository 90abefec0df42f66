// Ends a pipeline by sending the client elsewhere (RFC 9110, 15.4). The query is kept.
#pragma once

#include <string>

#include "config/config.hpp"
#include "exchange/path_template.hpp"
#include "exchange/pipeline.hpp"

namespace ferroway {

class redirect final : public handler {
 public:
  explicit redirect(const config::redirect& what, http::path_ambiguities allowed = {});
  task<result<response>> handle(exchange& ex) override;

 private:
  // Without a scheme or host of its own: the path alone (RFC 9110, 10.2.2), so that no client's
  // Host can lead anywhere else.
  std::string_view origin(exchange& ex) const;

  config::redirect what_;
  std::string port_;
  path_template path_;
};

}  // namespace ferroway
