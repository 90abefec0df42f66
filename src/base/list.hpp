// An intrusive, doubly linked, circular list: linking and unlinking cost a few stores and no
// memory. A node that is destroyed unlinks itself.
#pragma once

namespace ferroway {

class list_node {
 public:
  list_node() noexcept : next_(this), previous_(this) {}
  list_node(const list_node&) = delete;
  list_node& operator=(const list_node&) = delete;
  ~list_node() { unlink(); }

  bool linked() const noexcept { return next_ != this; }
  void unlink() noexcept {
    next_->previous_ = previous_;
    previous_->next_ = next_;
    next_ = previous_ = this;
  }

 private:
  template <class T, class Tag>
  friend class list;
  void link_before(list_node& position) noexcept {
    previous_ = position.previous_;
    next_ = &position;
    previous_->next_ = this;
    position.previous_ = this;
  }
  list_node* next_;
  list_node* previous_;
};

// Tags keep apart the lists that one object may be on: `struct thing : tagged_node<struct by_age>`.
template <class Tag>
class tagged_node : public list_node {};

// The objects stay owned by whoever made them. `T` derives from tagged_node<Tag>.
template <class T, class Tag>
class list {
 public:
  bool empty() const noexcept { return !head_.linked(); }
  T& front() noexcept { return static_cast<T&>(static_cast<tagged_node<Tag>&>(*head_.next_)); }
  T& back() noexcept { return static_cast<T&>(static_cast<tagged_node<Tag>&>(*head_.previous_)); }
  void push_back(T& item) noexcept {
    node(item).unlink();
    node(item).link_before(head_);
  }
  void push_front(T& item) noexcept {
    node(item).unlink();
    node(item).link_before(*head_.next_);
  }
  T& pop_front() noexcept {
    T& first = front();
    node(first).unlink();
    return first;
  }
  static void remove(T& item) noexcept { node(item).unlink(); }

  // Moves everything of `from` to the end of this list.
  void splice(list& from) noexcept {
    if (from.empty()) return;
    list_node& first = *from.head_.next_;
    list_node& last = *from.head_.previous_;
    from.head_.next_ = from.head_.previous_ = &from.head_;
    first.previous_ = head_.previous_;
    head_.previous_->next_ = &first;
    last.next_ = &head_;
    head_.previous_ = &last;
  }

 private:
  static list_node& node(T& item) noexcept { return static_cast<tagged_node<Tag>&>(item); }
  list_node head_;
};

}  // namespace ferroway
