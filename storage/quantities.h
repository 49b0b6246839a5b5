// The quantities of a stock level.
#ifndef INVENTORY_STORAGE_QUANTITIES_H_
#define INVENTORY_STORAGE_QUANTITIES_H_

#include <array>
#include <cstdint>

namespace inventory::storage {

// What movements change. incoming lies elsewhere still: it is outstanding on replenishments and inbound transfers.
struct Quantities {
  int64_t on_hand = 0;
  int64_t reserved = 0;
  int64_t safety_stock = 0;
  int64_t damaged = 0;
  int64_t quality_control = 0;
  int64_t incoming = 0;

  // Units fit for sale, promised or not.
  int64_t sellable() const { return on_hand - damaged - quality_control; }
  int64_t available() const { return sellable() - reserved - safety_stock; }
  bool operator==(const Quantities&) const = default;
};

// Every quantity once, in the order in which it is stored.
struct QuantityField {
  const char* name;
  int64_t Quantities::*value;
};
inline constexpr std::array<QuantityField, 6> kQuantities = {{{"on_hand", &Quantities::on_hand},
                                                              {"reserved", &Quantities::reserved},
                                                              {"safety_stock", &Quantities::safety_stock},
                                                              {"damaged", &Quantities::damaged},
                                                              {"quality_control", &Quantities::quality_control},
                                                              {"incoming", &Quantities::incoming}}};

// Not checked for overflow.
inline Quantities& operator+=(Quantities& a, const Quantities& b) {
  for (const QuantityField& field : kQuantities) a.*field.value += b.*field.value;
  return a;
}
inline Quantities operator+(Quantities a, const Quantities& b) { return a += b; }
inline Quantities operator-(Quantities a, const Quantities& b) {
  for (const QuantityField& field : kQuantities) a.*field.value -= b.*field.value;
  return a;
}

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_QUANTITIES_H_
