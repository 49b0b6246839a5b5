#include "server/workers.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace inventory::server {
namespace {

background::Dispatcher::Options DispatcherOptions(const ServerOptions& options) {
  return {
      .interval = options.sweep_interval,
      .threads = options.low_stock_threads,
      .timeout = options.low_stock_timeout,
      .lease = options.low_stock_lease,
      .max_attempts = options.low_stock_max_attempts,
      .backoff = {.first = options.low_stock_backoff, .most = options.low_stock_max_backoff},
      .activities = {.webhook_hosts = activities::Hosts::Parse(options.webhook_hosts).value(),
                     .webhook_private_networks = activities::Networks::Parse(options.webhook_private_networks).value(),
                     .webhook_secrets = options.webhook_secrets,
                     .webhook_ca_file = options.webhook_ca_file}};
}

background::EventFeed::Options FeedOptions(const ServerOptions& options) {
  return {.url = options.event_feed_url,
          .feed_id = options.event_feed_id,
          .secret_file = options.event_feed_secret,
          .ca_file = options.event_feed_ca_file,
          .batch = options.event_feed_batch,
          .interval = options.event_poll_interval,
          .timeout = options.event_feed_timeout,
          .lease = options.event_feed_lease};
}

// The id of a rule's event is part of request ids, which must be forgotten before it may come again.
background::LowStockKeeper::Options LowStockKeeperOptions(const ServerOptions& options) {
  return {.event_retention = options.low_stock_event_retention,
          .rule_retention = std::max(options.low_stock_event_retention, options.request_id_retention)};
}

}  // namespace

Workers::Workers(const ServerOptions& options, Engine& engine, Metrics& metrics)
    : sweeper_({.interval = options.sweep_interval,
                .request_id_retention = options.request_id_retention,
                .event_retention = options.event_retention},
               engine.pool(), engine.runtime().committer(),
               [&metrics](std::size_t swept) { metrics.HoldsSwept(swept); }),
      follower_(options.sweep_interval, engine.pool(), engine.runtime().committer()),
      dispatcher_(DispatcherOptions(options), engine.pool(), engine.runtime().committer(),
                  [&metrics](const std::string& activity, std::string_view outcome) {
                    metrics.LowStockAttempt(activity, outcome);
                  }),
      low_stock_keeper_(LowStockKeeperOptions(options), engine.pool(), engine.runtime().committer()) {
  if (options.movement_retention > absl::ZeroDuration()) {
    ledger_keeper_.emplace(background::LedgerKeeper::Options{.retention = options.movement_retention}, engine.pool(),
                           engine.runtime().committer());
  }
  if (!options.event_feed_url.empty()) feed_.emplace(FeedOptions(options), engine.pool());
  AddGauges(metrics);
}

void Workers::AddGauges(Metrics& metrics) const {
  metrics.AddGauge("inventory_low_stock_oldest_waiting_seconds",
                   "Age of the oldest low-stock event whose activity has not been carried out.", {},
                   [this] { return absl::ToDoubleSeconds(dispatcher_.oldest_waiting()); });
  if (!feed_) return;
  metrics.AddGauge("inventory_event_feed_owned", "1 while this server posts the feed's events.", {},
                   [this] { return feed_->owned() ? 1.0 : 0.0; });
  metrics.AddGauge("inventory_event_feed_failures", "Posts of the feed that have failed since the last that did not.",
                   {}, [this] { return static_cast<double>(feed_->failures()); });
  metrics.AddGauge("inventory_event_feed_lag_seconds", "Age of the oldest event that this server has to post.", {},
                   [this] { return absl::ToDoubleSeconds(feed_->lag()); });
}

void Workers::Stop() {
  dispatcher_.Stop();
  if (feed_) feed_->Stop();
  sweeper_.Stop();
  follower_.Stop();
  low_stock_keeper_.Stop();
  if (ledger_keeper_) ledger_keeper_->Stop();
}

}  // namespace inventory::server
