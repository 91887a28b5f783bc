// A few threads that share loops: TensorFlow's C interface gives kernels no access to its own.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace winnow {

class ThreadPool {
 public:
  // The process's own; as many threads as processors, the caller included. Never destroyed: threads may outlive main.
  static ThreadPool& Shared() {
    static ThreadPool* pool = new ThreadPool(std::max(1u, std::thread::hardware_concurrency()));
    return *pool;
  }

  int64_t size() const { return static_cast<int64_t>(workers_.size()) + 1; }

  // Calls body(part) for every part in [0, parts) and returns when all are done. The parts must not throw.
  void Run(int64_t parts, const std::function<void(int64_t)>& body) {
    if (parts <= 0) return;
    if (parts == 1 || workers_.empty()) {
      for (int64_t part = 0; part < parts; ++part) body(part);
      return;
    }
    std::lock_guard<std::mutex> one_caller(callers_);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      body_ = &body;
      parts_ = parts;
      next_.store(0);
      busy_ = workers_.size();
      ++round_;
    }
    wake_.notify_all();
    Work(body, parts);
    std::unique_lock<std::mutex> lock(mutex_);
    done_.wait(lock, [this] { return busy_ == 0; });
    body_ = nullptr;
  }

 private:
  explicit ThreadPool(unsigned threads) {
    for (unsigned index = 1; index < threads; ++index) {
      workers_.emplace_back([this] { Loop(); });
      workers_.back().detach();
    }
  }

  void Work(const std::function<void(int64_t)>& body, int64_t parts) {
    for (int64_t part = next_.fetch_add(1); part < parts; part = next_.fetch_add(1)) body(part);
  }

  void Loop() {
    uint64_t seen = 0;
    for (;;) {
      std::unique_lock<std::mutex> lock(mutex_);
      wake_.wait(lock, [&] { return round_ != seen; });
      seen = round_;
      const auto* body = body_;
      const int64_t parts = parts_;
      lock.unlock();
      Work(*body, parts);
      lock.lock();
      if (--busy_ == 0) done_.notify_one();
    }
  }

  std::mutex callers_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  std::vector<std::thread> workers_;
  const std::function<void(int64_t)>* body_ = nullptr;
  std::atomic<int64_t> next_{0};
  int64_t parts_ = 0;
  size_t busy_ = 0;
  uint64_t round_ = 0;
};

}  // namespace winnow
