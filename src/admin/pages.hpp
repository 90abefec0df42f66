// What the admin and the probe listener answer: paths, methods and the handlers behind them. Pages
// read a source (admin/source.hpp), which outlives them; docs/ADMIN.md says what they show.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "admin/source.hpp"
#include "exchange/pipeline.hpp"

namespace ferroway::admin {

struct page {
  std::string name;    // of its route
  std::string path;    // exact
  std::string method;  // GET includes HEAD
  std::shared_ptr<handler> end;
};

// /healthz and /readyz.
std::vector<page> probe_pages(source& of);
// Those, /metrics and /v1/...
std::vector<page> admin_pages(source& of);

}  // namespace ferroway::admin
