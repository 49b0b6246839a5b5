// What a batch costs, for the simulation.
#ifndef INVENTORY_TESTS_BENCH_SCALING_COSTS_H_
#define INVENTORY_TESTS_BENCH_SCALING_COSTS_H_

namespace inventory::bench::scaling {

// In microseconds of CPU time, unless it says otherwise. They are fitted to what `make bench` has measured on MariaDB
// (tests/bench/figures/table.txt): its columns "server" and "db" have the CPU time of one reservation, the line below
// them how many were in a batch. Of `commands` on `skus` different SKUs a batch takes
//
//   database   database_batch + database_command * commands + database_sku * skus
//   server     lane_batch + hand_over + wake + (lane_command + answer + call) * commands + lane_sku * skus
//   client     client_batch + client_call * commands
//
// which is within 10 % of the figures of server and database, and nearly always within 20 % of the client's, from 1 to
// 1024 calls in flight on one SKU and on 10,000. What the database's time goes to is from the profiles of
// server/adr/0013-cost-of-a-write.md.
struct Costs {
  double database_batch = 765;
  double database_command = 53;
  double database_sku = 50;
  // Of that, what is done before the batch's commands run: a batch of one takes 1.13 ms, 0.66 of them to write and
  // commit, and 0.25 of the rest are the lane's.
  double read_share = 0.2;
  // Of database_command, what goes to rows and index entries, and not to text, plans and the connection.
  double rows_share = 0.4;

  // Rules and statements, while the SKUs are locked.
  double lane_batch = 220;
  double lane_command = 17;
  double lane_sku = 8;
  // After that, on the lane: one answer.
  double answer = 14;
  // A call in gRPC's threads, as case (a) has it, and what else a batch costs outside its lane, once.
  double call = 14;
  double hand_over = 160;
  // Until a lane that sleeps is awake.
  double wake = 28;
  // The same for the bench's client.
  double client_call = 24;
  double client_batch = 100;
  // A message between two machines, as case (a) has it: for who asks and for who answers.
  double message_sent = 16;
  double message_received = 14;

  // No CPU time: until a commit is on disk, and what else of the 1.13 ms is none.
  double flush = 20;
};

// Index entries of a plain reservation, the rows themselves included, and how many of them begin with its SKU. The
// others begin with its id, a time, or the caller and the request id. See storage/migrations.
inline constexpr int kEntries = 14;
inline constexpr int kSkuEntries = 4;

// The work on one index entry.
inline double EntryCost(const Costs& costs) { return costs.rows_share * costs.database_command / kEntries; }

}  // namespace inventory::bench::scaling

#endif  // INVENTORY_TESTS_BENCH_SCALING_COSTS_H_
