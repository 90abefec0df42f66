// An optional value on the heap, with the semantics of a value: copied, compared and destroyed with
// what holds it. For parts that few of many objects have: absent, it costs a pointer.
#pragma once

#include <memory>
#include <utility>

namespace ferroway {

template <class T>
class boxed {
 public:
  boxed() = default;
  boxed(T value) : held_(std::make_unique<T>(std::move(value))) {}
  boxed(const boxed& other) : held_(other ? std::make_unique<T>(*other) : nullptr) {}
  boxed(boxed&&) noexcept = default;
  boxed& operator=(const boxed& other) {
    if (this != &other) held_ = other ? std::make_unique<T>(*other) : nullptr;
    return *this;
  }
  boxed& operator=(boxed&&) noexcept = default;
  ~boxed() = default;

  explicit operator bool() const noexcept { return held_ != nullptr; }
  T& operator*() noexcept { return *held_; }
  const T& operator*() const noexcept { return *held_; }
  T* operator->() noexcept { return held_.get(); }
  const T* operator->() const noexcept { return held_.get(); }

  friend bool operator==(const boxed& a, const boxed& b) { return a && b ? *a == *b : !a && !b; }

 private:
  std::unique_ptr<T> held_;
};

}  // namespace ferroway
