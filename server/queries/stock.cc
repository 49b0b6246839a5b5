#include "server/queries/stock.h"

#include <utility>

#include "server/queries/sku_rows.h"

namespace inventory::queries {
namespace {

using reading::KnownStock;
using reading::SkuStock;
using Skus = std::vector<std::string>;
using SkuViews = std::vector<std::string_view>;

// To ask what has changed costs the database as much as to read the stock of about so many SKUs.
constexpr std::size_t kWorthALook = 8;

}  // namespace

// Puts the stock together.
class Stock::Reader {
 public:
  Reader(Stock& stock, storage::Connection& connection)
      : stock_(stock), reader_(connection, stock.now_, stock.configuration_version_) {}

  absl::Status Read(SkuViews skus, KnownStock::Turn& turn) {
    SkuViews missing = Find(std::move(skus));
    SkuViews components = Find(KnownComponents());
    if (missing.empty() && components.empty()) return absl::OkStatus();
    turn.End();
    absl::Status read = missing.empty() ? absl::OkStatus() : reader_.Read(Skus(missing.begin(), missing.end()));
    if (!read.ok()) return read;
    const SkuViews more = Find(ReadComponents());
    components.insert(components.end(), more.begin(), more.end());
    read = reader_.ReadRest(Skus(components.begin(), components.end()));
    if (read.ok()) AddRead();
    return read;
  }

 private:
  // Those that are not known, each once.
  SkuViews Find(SkuViews skus) {
    std::erase_if(skus, [this](std::string_view sku) { return !stock_.skus_.try_emplace(sku, nullptr).second; });
    if (stock_.look_ == nullptr) return skus;
    return stock_.look_->Find(skus,
                              [this](std::string_view sku, const SkuStock& known) { stock_.skus_[sku] = &known; });
  }

  SkuViews KnownComponents() const {
    SkuViews components;
    for (const auto& [sku, known] : stock_.skus_) {
      if (known == nullptr) continue;
      for (const storage::Component& component : known->components) components.push_back(component.sku);
    }
    return components;
  }

  SkuViews ReadComponents() {
    SkuViews components;
    for (const auto& [sku, rows] : reader_.rows()) {
      if (!rows.item) continue;
      for (const storage::Component& component : rows.item->components) {
        components.push_back(*stock_.names_.insert(component.sku).first);
      }
    }
    return components;
  }

  void AddRead() {
    for (auto& [sku, rows] : reader_.rows()) {
      const absl::Time until = reader_.HoldsUntil(sku);
      auto read = std::make_unique<const SkuStock>(ToStock(std::move(rows)));
      stock_.skus_.at(std::string_view(sku)) = read.get();
      if (stock_.look_ != nullptr) stock_.look_->Keep(sku, read, until);
      if (read != nullptr) stock_.read_.push_back(std::move(read));
    }
  }

  Stock& stock_;
  RowsReader reader_;
};

const SkuStock& Stock::of(std::string_view sku) const {
  static const SkuStock kNothing;
  const auto stock = skus_.find(sku);
  return stock == skus_.end() || stock->second == nullptr ? kNothing : *stock->second;
}

absl::StatusOr<Stock> ReadStock(SkuViews skus, storage::Connection& connection, KnownStock::Turn& turn) {
  Stock stock;
  // One that is broken was left, maybe for another server, while it waited for its turn.
  if (turn.known() != nullptr && skus.size() >= kWorthALook && !connection.broken()) {
    absl::StatusOr<std::unique_ptr<KnownStock::Look>> begun = KnownStock::Begin(turn, connection);
    if (!begun.ok()) return begun.status();
    stock.look_ = *std::move(begun);
    stock.now_ = stock.look_->now();
    stock.configuration_version_ = stock.look_->configuration_version();
  }
  if (stock.look_ == nullptr) turn.End();
  absl::Status read = Stock::Reader(stock, connection).Read(std::move(skus), turn);
  if (!read.ok()) return read;
  return stock;
}

}  // namespace inventory::queries
