#include "server/reading/known_stock.h"

#include <algorithm>

#include "storage/configuration_repository.h"
#include "storage/event_repository.h"

namespace inventory::reading {
namespace {

// Reading what more chunks name costs more than reading the stock anew.
constexpr int64_t kMostChunks = 64;

std::size_t BytesOf(const std::string& sku, const SkuStock& stock) {
  // The map's place, which half of the time is empty, and what the allocator adds; short texts are in the structs.
  constexpr std::size_t kOverhead = 200;
  constexpr std::size_t kLongText = 64;
  std::size_t bytes = kOverhead + sku.size() + sizeof(SkuStock);
  if (stock.levels.size() > 2) bytes += stock.levels.capacity() * sizeof(SkuStock::Level);
  bytes += stock.components.capacity() * sizeof(storage::Component);
  bytes += stock.quotas.capacity() * sizeof(SkuStock::Quota);
  bytes += stock.low_channels.capacity() * sizeof(std::string);
  bytes += stock.incoming.capacity() * (sizeof(storage::Incoming) + sku.size());
  const std::size_t texts = stock.levels.size() + stock.components.size() + stock.quotas.size() +
                            stock.low_channels.size() + stock.incoming.size() + 1;
  return bytes + kLongText * texts;
}

}  // namespace

KnownStock::Turn KnownStock::AwaitTurn(absl::Duration patience) {
  const Clock::time_point until = Clock::now() + absl::ToChronoMilliseconds(patience);
  storage::MutexLock lock(mutex_);
  while (turn_taken_) {
    const absl::Duration left = absl::FromChrono(until - Clock::now());
    if (left <= absl::ZeroDuration()) return Turn();
    turn_ended_.WaitFor(mutex_, left);
  }
  turn_taken_ = true;
  return Turn(*this);
}

void KnownStock::EndTurn() {
  storage::MutexLock lock(mutex_);
  turn_taken_ = false;
  turn_ended_.NotifyOne();
}

absl::StatusOr<std::unique_ptr<KnownStock::Look>> KnownStock::Begin(const Turn& turn, storage::Connection& connection) {
  return turn.known_->Begin(connection);
}

absl::StatusOr<std::unique_ptr<KnownStock::Look>> KnownStock::Begin(storage::Connection& connection) {
  storage::Sql sql;
  storage::AppendSelectConfigurationState(sql);
  storage::AppendSelectEventHeads(sql, connection.skips_in_indexes());
  const auto results = connection.Execute(sql);
  if (!results.ok()) return results.status();
  const auto state = storage::ParseConfigurationState((*results)[0]);
  if (!state) return absl::InternalError("the row of the configuration table is gone");
  const feed::Cut heads(storage::ParseEventPositions((*results)[1]));
  Changed changed;
  // A database that crashed may have lost what it showed, and has given the places of that in the logs to something
  // else; its sessions are gone. One that has less than was seen is another one.
  const bool same = connection.number() <= newest_connection_ && seen_ && heads.Covers(*seen_);
  if (same) {
    absl::Status read = ReadChanges(connection, heads, changed);
    if (!read.ok()) return read;
  } else {
    changed.all = true;
  }
  newest_connection_ = std::max(newest_connection_, connection.number());
  seen_ = heads;
  Apply(changed);
  storage::MutexLock lock(mutex_);
  auto look = std::unique_ptr<Look>(new Look(*this, ++last_look_, state->now, state->version));
  looks_.push_back(look.get());
  return look;
}

absl::Status KnownStock::ReadChanges(storage::Connection& connection, const feed::Cut& heads, Changed& changed) {
  const std::vector<storage::EventRange> ranges = feed::RangesBetween(*seen_, heads);
  if (ranges.empty()) return absl::OkStatus();
  if (feed::ChunksIn(ranges) > kMostChunks) {
    changed.all = true;
    return absl::OkStatus();
  }
  storage::Sql sql;
  storage::AppendSelectEventSkus(sql, ranges);
  const auto results = connection.Execute(sql);
  if (!results.ok()) return results.status();
  const auto chunks = storage::ParseEventSkus(results->front());
  // Some may have been deleted by now.
  changed.all = static_cast<int64_t>(chunks.size()) != feed::ChunksIn(ranges);
  for (const std::optional<std::vector<std::string>>& skus : chunks) {
    if (skus) {
      changed.skus.insert(skus->begin(), skus->end());
    } else {
      changed.all = true;
    }
  }
  return absl::OkStatus();
}

void KnownStock::Apply(const Changed& changed) {
  if (!changed.all && changed.skus.empty()) return;
  storage::MutexLock lock(mutex_);
  for (Look* look : looks_) {
    look->changed_.all = look->changed_.all || changed.all;
    look->changed_.skus.insert(changed.skus.begin(), changed.skus.end());
  }
  if (changed.all) DropAll();
  for (const std::string& sku : changed.skus) Drop(sku);
}

void KnownStock::DropAll() {
  DropOlder();
  older_ = std::exchange(recent_, {});
  recent_bytes_ = 0;
  DropOlder();
}

void KnownStock::DropOlder() {
  if (!looks_.empty()) gone_.push_back({.last_look = last_look_, .entries = std::move(older_)});
  older_ = {};
  older_bytes_ = 0;
}

void KnownStock::Drop(const std::string& sku) {
  Drop(sku, recent_, recent_bytes_);
  Drop(sku, older_, older_bytes_);
}

void KnownStock::Drop(const std::string& sku, Entries& entries, std::size_t& bytes) {
  const auto at = entries.find(sku);
  if (at == entries.end()) return;
  bytes -= at->second.bytes;
  if (!looks_.empty()) gone_.push_back({.last_look = last_look_, .stock = std::move(at->second.stock)});
  entries.erase(at);
}

void KnownStock::Prefetch(std::string_view sku) const { recent_.prefetch(absl::string_view(sku.data(), sku.size())); }

const SkuStock* KnownStock::Find(std::string_view sku, absl::Time now, Clock::time_point clock) {
  const auto holds = [&](const Entry& entry) {
    return now < entry.until && clock - entry.read < absl::ToChronoNanoseconds(options_.longest);
  };
  const absl::string_view key(sku.data(), sku.size());
  auto at = recent_.find(key);
  if (at == recent_.end()) {
    const auto older = older_.find(key);
    if (older != older_.end() && holds(older->second)) {
      Entry entry = std::move(older->second);
      older_bytes_ -= entry.bytes;
      older_.erase(older);
      at = Keep(sku, std::move(entry));
    }
  }
  const bool found = at != recent_.end() && holds(at->second);
  ++(found ? found_ : missed_);
  if (!found) return nullptr;
  // It is used when all others have been looked for, too.
  const SkuStock* stock = at->second.stock.get();
  for (std::size_t line = 0; line < sizeof(SkuStock); line += 64) {
    __builtin_prefetch(reinterpret_cast<const char*>(stock) + line);
  }
  return stock;
}

KnownStock::Entries::iterator KnownStock::Keep(std::string_view sku, Entry entry) {
  if (recent_bytes_ + entry.bytes > options_.most_bytes / 2) {
    DropOlder();
    older_ = std::exchange(recent_, {});
    older_bytes_ = std::exchange(recent_bytes_, 0);
  }
  recent_bytes_ += entry.bytes;
  return recent_.emplace(sku, std::move(entry)).first;
}

KnownStock::Stats KnownStock::stats() const {
  storage::MutexLock lock(mutex_);
  return {.found = found_, .missed = missed_, .bytes = recent_bytes_ + older_bytes_};
}

KnownStock::Look::~Look() {
  std::deque<Gone> unused;
  storage::MutexLock lock(known_.mutex_);
  std::erase(known_.looks_, this);
  const int64_t oldest = known_.looks_.empty() ? known_.last_look_ + 1 : known_.looks_.front()->number_;
  while (!known_.gone_.empty() && known_.gone_.front().last_look < oldest) {
    unused.push_back(std::move(known_.gone_.front()));
    known_.gone_.pop_front();
  }
}

std::vector<const SkuStock*> KnownStock::Look::Find(std::span<const std::string_view> skus) {
  // So many ahead their memory is asked for.
  constexpr std::size_t kAhead = 8;
  std::vector<const SkuStock*> found;
  found.reserve(skus.size());
  const Clock::time_point clock = Clock::now();
  storage::MutexLock lock(known_.mutex_);
  for (std::size_t i = 0; i < skus.size(); ++i) {
    if (i + kAhead < skus.size()) known_.Prefetch(skus[i + kAhead]);
    found.push_back(known_.Find(skus[i], now_, clock));
  }
  return found;
}

void KnownStock::Look::Keep(const std::string& sku, std::unique_ptr<const SkuStock>& stock, absl::Time until) {
  const std::size_t bytes = BytesOf(sku, *stock);
  if (until <= now_ || bytes > known_.options_.most_bytes / 2) return;
  storage::MutexLock lock(known_.mutex_);
  if (changed_.all || changed_.skus.contains(sku)) return;
  known_.Drop(sku);
  known_.Keep(sku, {.stock = std::move(stock), .bytes = bytes, .until = until, .read = began_});
}

}  // namespace inventory::reading
