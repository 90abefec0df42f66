#include "middleware/respond.hpp"

namespace ferroway {

task<result<response>> respond::handle(exchange& ex) {
  response reply;
  reply.head = ex.memory.make<http::response_head>();
  reply.head->status = what_.status;
  if (!what_.body.empty()) {
    reply.head->fields.add(ex.memory, "Content-Type", "text/plain; charset=utf-8",
                           http::field_id::content_type);
  }
  for (const auto& [name, value] : what_.headers) reply.head->fields.set(ex.memory, name, value);
  reply.body.text = what_.body;
  reply.body.length = what_.body.size();
  ex.record("respond", "answered");
  co_return reply;
}

task<result<response>> refuse::handle(exchange& ex) {
  ex.record("refuse", to_string(ex.refusal->kind), ex.refusal->detail);
  co_return fail(*ex.refusal);
}

}  // namespace ferroway
