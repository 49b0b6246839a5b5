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
  Reader(Stock& stock, std::span<const std::string_view> skus, storage::Connection& connection)
      : stock_(stock), skus_(skus), reader_(connection, stock.now_, stock.configuration_version_) {}

  absl::Status Read(KnownStock::Turn& turn) {
    const SkuViews missing = FindAsked();
    SkuViews components = FindComponents(KnownComponents());
    if (missing.empty() && components.empty()) return absl::OkStatus();
    turn.End();
    absl::Status read = missing.empty() ? absl::OkStatus() : reader_.Read(Skus(missing.begin(), missing.end()));
    if (!read.ok()) return read;
    const SkuViews more = FindComponents(ReadComponents());
    components.insert(components.end(), more.begin(), more.end());
    read = reader_.ReadRest(Skus(components.begin(), components.end()));
    if (!read.ok()) return read;
    AddRead();
    for (std::size_t place = 0; place < skus_.size(); ++place) {
      if (stock_.asked_[place] == nullptr) stock_.asked_[place] = stock_.others_.at(skus_[place]);
    }
    return absl::OkStatus();
  }

 private:
  // Gives those that are not known, each once.
  SkuViews FindAsked() {
    stock_.asked_ = Known(skus_);
    SkuViews missing;
    for (std::size_t place = 0; place < skus_.size(); ++place) {
      if (stock_.asked_[place] != nullptr) continue;
      if (stock_.others_.try_emplace(skus_[place], nullptr).second) missing.push_back(skus_[place]);
    }
    return missing;
  }

  // The same for components. One that was asked for, too, is the same to both.
  SkuViews FindComponents(SkuViews skus) {
    if (skus.empty()) return skus;
    for (std::size_t place = 0; place < skus_.size(); ++place) {
      if (stock_.asked_[place] != nullptr) stock_.others_.try_emplace(skus_[place], stock_.asked_[place]);
    }
    std::erase_if(skus, [this](std::string_view sku) { return !stock_.others_.try_emplace(sku, nullptr).second; });
    const std::vector<const SkuStock*> known = Known(skus);
    SkuViews missing;
    for (std::size_t i = 0; i < skus.size(); ++i) {
      stock_.others_[skus[i]] = known[i];
      if (known[i] == nullptr) missing.push_back(skus[i]);
    }
    return missing;
  }

  std::vector<const SkuStock*> Known(std::span<const std::string_view> skus) {
    if (stock_.look_ == nullptr) return std::vector<const SkuStock*>(skus.size());
    return stock_.look_->Find(skus);
  }

  SkuViews KnownComponents() const {
    SkuViews components;
    for (const SkuStock* known : stock_.asked_) {
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
      stock_.others_.at(std::string_view(sku)) = read.get();
      if (stock_.look_ != nullptr) stock_.look_->Keep(sku, read, until);
      if (read != nullptr) stock_.read_.push_back(std::move(read));
    }
  }

  Stock& stock_;
  const std::span<const std::string_view> skus_;
  RowsReader reader_;
};

const SkuStock& Stock::at(std::size_t place) const { return *asked_[place]; }

const SkuStock& Stock::component(std::string_view sku) const {
  static const SkuStock kNothing;
  const auto stock = others_.find(sku);
  return stock == others_.end() || stock->second == nullptr ? kNothing : *stock->second;
}

absl::StatusOr<Stock> ReadStock(std::span<const std::string_view> skus, storage::Connection& connection,
                                KnownStock::Turn& turn) {
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
  absl::Status read = Stock::Reader(stock, skus, connection).Read(turn);
  if (!read.ok()) return read;
  return stock;
}

}  // namespace inventory::queries
