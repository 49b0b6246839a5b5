// File descriptors.
#ifndef INVENTORY_SERVER_NET_DESCRIPTORS_H_
#define INVENTORY_SERVER_NET_DESCRIPTORS_H_

#include <unistd.h>

#include <cstddef>
#include <utility>

namespace inventory::net {

// Owns a descriptor. Not thread-safe.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor() { Reset(); }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) Reset(std::exchange(other.number_, -1));
    return *this;
  }

  // Negative if there is none.
  int get() const { return number_; }
  int Release() { return std::exchange(number_, -1); }
  void Reset(int number = -1) {
    if (number_ >= 0) close(number_);
    number_ = number;
  }

 private:
  int number_;
};

// Raises this process's limit of descriptors as far as it may, and returns it.
std::size_t RaiseDescriptorLimit();

// Of so many descriptors, how many connections may take: some are for the database, files and libraries.
std::size_t DescriptorsForConnections(std::size_t limit);

}  // namespace inventory::net

#endif  // INVENTORY_SERVER_NET_DESCRIPTORS_H_
