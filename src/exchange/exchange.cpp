#include "exchange/exchange.hpp"

#include "exchange/problem.hpp"
#include "exchange/uuid.hpp"

namespace ferroway {

exchange::exchange(worker_resources& from, io::cancel_scope& connection)
    : worker(from),
      scope(connection),
      upload_scope(scope),
      download_scope(scope),
      started(from.loop.now()),
      started_wall(from.loop.wall_now()) {}

std::string_view exchange::request_id() {
  if (request_id_.empty()) {
    char* text = memory.allocate_text(uuid_text_bytes);
    write_uuid_v7(text, started_wall, worker.random);
    request_id_ = {text, uuid_text_bytes};
  }
  return request_id_;
}

void exchange::at_end(void (*run)(exchange&, void* with) noexcept, void* with) {
  last_action_ = memory.make<end_action>(run, with, last_action_);
}

void exchange::at_last(void (*run)(exchange&, void* with) noexcept, void* with) {
  very_last_action_ = memory.make<end_action>(run, with, very_last_action_);
}

void exchange::run_all(exchange& ex, end_action*& from) noexcept {
  while (from != nullptr) {
    const end_action* next = from;
    from = next->before;
    next->run(ex, next->with);
  }
}

void exchange::run_end_actions() noexcept {
  run_all(*this, last_action_);
  run_all(*this, very_last_action_);
}

void exchange::at_answer(head_edit edit, const void* with) {
  last_edit_ = memory.make<answer_edit>(edit, with, last_edit_);
}

void exchange::run_edits(result<response>& reply, const void* mark) {
  http::response_head* head = head_to_edit(*this, reply);
  while (last_edit_ != mark) {
    const answer_edit& next = *std::exchange(last_edit_, last_edit_->before);
    if (head != nullptr) next.edit(*this, *head, next.with);
  }
}

void exchange::add_decision(std::string_view step, std::string_view verdict,
                            std::string_view reason) {
  decisions->push_back({std::string(step), std::string(verdict), std::string(reason)});
}

}  // namespace ferroway
