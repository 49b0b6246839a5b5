// Changes messages so that they stay messages.
#ifndef INVENTORY_TESTS_FUZZ_MESSAGE_MUTATOR_H_
#define INVENTORY_TESTS_FUZZ_MESSAGE_MUTATOR_H_

#include <random>

#include "google/protobuf/message.h"

namespace inventory::fuzz {

// Sets, clears, adds or removes one field of the message or of a message in it. Numbers are often at the limits of
// their types and of quantities, texts often ids of the world that the requests are for (requests_fuzz.cc).
void ChangeOneField(google::protobuf::Message& message, std::minstd_rand& random);

}  // namespace inventory::fuzz

#endif  // INVENTORY_TESTS_FUZZ_MESSAGE_MUTATOR_H_
