#include "server/options.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace inventory::server {
namespace {

using Problems = std::vector<std::string>;

// ---- Kinds of values ----

// How an option's text becomes a value. The messages of `set` hold the value, so secrets need a kind of their own.
struct Kind {
  std::string values;                                                     // What is accepted, for people.
  std::function<std::string(const std::string& text, CommandLine&)> set;  // Returns what is wrong, empty if nothing.
  std::function<std::string(CommandLine&)> show;                          // The value as text that `set` accepts.
  bool is_switch = false;                                                 // The flag alone means true.
};

template <typename T>
T& Get(CommandLine& line, T ServerOptions::*member) {
  return line.server.*member;
}
template <typename T>
T& Get(CommandLine& line, T VerifyOptions::*member) {
  return line.verify.*member;
}
template <typename T>
T& Get(CommandLine& line, T storage::DatabaseOptions::*member) {
  return line.server.database.*member;
}

std::string ShowBytes(int64_t bytes) {
  for (const auto& [unit, shift] : {std::pair("GiB", 30), std::pair("MiB", 20), std::pair("KiB", 10)}) {
    if (bytes != 0 && bytes % (int64_t{1} << shift) == 0) return absl::StrCat(bytes >> shift, unit);
  }
  return absl::StrCat(bytes);
}

bool ParseBytes(const std::string& text, int64_t* bytes) {
  absl::string_view number = text;
  int shift = 0;
  for (const auto& [unit, unit_shift] : {std::pair("GiB", 30), std::pair("MiB", 20), std::pair("KiB", 10)}) {
    if (absl::ConsumeSuffix(&number, unit)) {
      shift = unit_shift;
      break;
    }
  }
  if (!absl::SimpleAtoi(number, bytes) || *bytes < 0 || *bytes > (INT64_MAX >> shift)) return false;
  *bytes <<= shift;
  return true;
}

// A number in a range. `parse` and `show` give it its notation.
template <typename Member>
Kind Ranged(Member member, int64_t least, int64_t most, bool (*parse)(const std::string&, int64_t*),
            std::string (*show)(int64_t)) {
  const std::string values = absl::StrCat(show(least), " to ", show(most));
  return {values,
          [=](const std::string& text, CommandLine& line) -> std::string {
            int64_t value = 0;
            if (!parse(text, &value) || value < least || value > most) {
              return absl::StrCat("\"", text, "\" is not ", values);
            }
            auto& target = Get(line, member);
            target = static_cast<std::decay_t<decltype(target)>>(value);
            return "";
          },
          [=](CommandLine& line) { return show(static_cast<int64_t>(Get(line, member))); }};
}

template <typename Member>
Kind Number(Member member, int64_t least, int64_t most) {
  return Ranged(
      member, least, most, [](const std::string& text, int64_t* value) { return absl::SimpleAtoi(text, value); },
      [](int64_t value) { return absl::StrCat(value); });
}

template <typename Member>
Kind Bytes(Member member, int64_t least, int64_t most) {
  return Ranged(member, least, most, ParseBytes, ShowBytes);
}

// Durations are written "168h" and "1m30s".
template <typename Member>
Kind Duration(Member member, absl::Duration least, absl::Duration most) {
  const std::string values = absl::StrCat(absl::FormatDuration(least), " to ", absl::FormatDuration(most));
  return {values,
          [=](const std::string& text, CommandLine& line) -> std::string {
            absl::Duration value;
            if (!absl::ParseDuration(text, &value) || value < least || value > most) {
              return absl::StrCat("\"", text, "\" is not a duration of ", values);
            }
            Get(line, member) = value;
            return "";
          },
          [=](CommandLine& line) { return absl::FormatDuration(Get(line, member)); }};
}

// One of some words, each of which stands for a value.
template <typename Member, typename Value>
Kind Choice(Member member, std::vector<std::pair<std::string, Value>> words) {
  const std::string values =
      absl::StrJoin(words, " or ", [](std::string* out, const auto& word) { out->append(word.first); });
  return {values,
          [=](const std::string& text, CommandLine& line) -> std::string {
            for (const auto& [word, value] : words) {
              if (text != word) continue;
              Get(line, member) = value;
              return "";
            }
            return absl::StrCat("\"", text, "\" is not ", values);
          },
          [=](CommandLine& line) -> std::string {
            for (const auto& [word, value] : words) {
              if (Get(line, member) == value) return word;
            }
            return "";
          }};
}

template <typename Member>
Kind Bool(Member member) {
  Kind kind = Choice(member, std::vector<std::pair<std::string, bool>>{{"true", true}, {"false", false}});
  kind.is_switch = true;
  return kind;
}

// Any text that `check` finds nothing wrong with. `check` decides what of the text may be repeated.
template <typename Member>
Kind Text(std::string values, Member member, std::string (*check)(const std::string&) = nullptr) {
  return {std::move(values),
          [=](const std::string& text, CommandLine& line) -> std::string {
            std::string wrong = check == nullptr ? "" : check(text);
            if (wrong.empty()) Get(line, member) = text;
            return wrong;
          },
          [=](CommandLine& line) { return Get(line, member); }};
}

std::string CheckHostAndPort(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  int port = -1;
  const bool good = colon != std::string::npos && colon > 0 && absl::SimpleAtoi(text.substr(colon + 1), &port) &&
                    port >= 0 && port <= 65535 &&
                    (text.find(':') == colon || (text.front() == '[' && text[colon - 1] == ']'));
  return good ? "" : absl::StrCat("\"", text, "\" is not host:port with a port of 0 to 65535");
}

std::string CheckListen(const std::string& text) {
  return absl::StartsWith(text, "unix:") && text.size() > 5 ? "" : CheckHostAndPort(text);
}

std::string CheckMetricsListen(const std::string& text) { return text.empty() ? "" : CheckHostAndPort(text); }

// ---- The table ----

// Where a value may come from.
enum Source : unsigned { kFlag = 1, kEnvironment = 2, kFile = 4, kAnywhere = kFlag | kEnvironment | kFile };

constexpr unsigned Bit(Command command) { return 1u << static_cast<unsigned>(command); }

struct Group {
  const char* title;
  unsigned commands;  // Bits of those that take the group's flags.

  bool IsFor(Command command) const { return (commands & Bit(command)) != 0; }
};

struct Option {
  const Group* group;
  std::string name;
  Kind kind;
  const char* meaning;
  unsigned sources = kAnywhere;
  // In place of the default where that depends on the machine.
  const char* shown_default = nullptr;

  std::string flag() const { return "--" + name; }
  std::string variable() const { return "INVENTORY_" + absl::AsciiStrToUpper(absl::StrReplaceAll(name, {{"-", "_"}})); }
  std::string default_text() const {
    if (shown_default != nullptr) return shown_default;
    CommandLine defaults;
    return kind.show(defaults);
  }
};

constexpr unsigned kDatabaseCommands = Bit(Command::kServe) | Bit(Command::kMigrate) | Bit(Command::kVerify);
constexpr Group kConfiguration = {"Configuration", kDatabaseCommands};
constexpr Group kDatabase = {"Database", kDatabaseCommands};
constexpr Group kStartAndStop = {"Start and stop", Bit(Command::kServe)};
constexpr Group kServing = {"Serving", Bit(Command::kServe)};
constexpr Group kWritesAndReads = {"Writes and reads", Bit(Command::kServe)};
constexpr Group kHoldsAndRequests = {"Holds and requests", Bit(Command::kServe)};
constexpr Group kLogs = {"Logs", kDatabaseCommands};
constexpr Group kVerification = {"Verification", Bit(Command::kVerify)};

void AppendDatabase(std::vector<Option>& table) {
  using O = ServerOptions;
  using D = storage::DatabaseOptions;
  table.insert(
      table.end(),
      {{&kConfiguration, "config", Text("path", &O::config),
        "File with options, one name = value a line in TOML or INI.", kFlag | kEnvironment},
       {&kDatabase, "database-url", Text("URL", &O::database_url),
        "MySQL or MariaDB to use, as mysql://user@host:3306/database?tls_ca=/path or "
        "mysql://user@localhost/database?socket=/path, without a password. Empty: a private database in data-dir."},
       {&kDatabase, "database-password-file", Text("path", &O::database_password_file),
        "File with the password of database-url; a line break at its end does not count."},
       {&kDatabase, "database-password", Text("text", &D::password), "The password of database-url, instead of a file.",
        kEnvironment},
       {&kDatabase, "data-dir", Text("path", &O::data_dir), "Where the private database is kept.", kAnywhere,
        "$XDG_STATE_HOME/inventory or ~/.local/state/inventory; for root /var/lib/inventory"},
       {&kDatabase, "mariadbd", Text("path", &O::mariadbd),
        "Program of the private database. Empty: mariadbd is searched on the system."},
       {&kDatabase, "database-connect-timeout",
        Duration(&D::connect_timeout, absl::Milliseconds(100), absl::Minutes(5)), "Longest wait for a connection."},
       {&kDatabase, "database-read-timeout", Duration(&D::read_timeout, absl::Seconds(1), absl::Minutes(10)),
        "Longest wait for the database to take or answer a packet; must exceed database-lock-timeout."},
       {&kDatabase, "database-lock-timeout", Duration(&D::lock_wait_timeout, absl::Seconds(1), absl::Minutes(1)),
        "Longest wait for a row lock, in whole seconds."}});
}

void AppendServing(std::vector<Option>& table) {
  using O = ServerOptions;
  table.insert(
      table.end(),
      {{&kStartAndStop, "migrate-on-start", Bool(&O::migrate_on_start), "Bring the schema up to date before serving."},
       {&kStartAndStop, "require-durable", Bool(&O::require_durable),
        "Refuse to start if the database may lose commits in a crash; otherwise only warn."},
       {&kStartAndStop, "shutdown-grace", Duration(&O::shutdown_grace, absl::ZeroDuration(), absl::Minutes(10)),
        "How long running calls may take to end when the server stops."},
       {&kServing, "listen", Text("host:port or unix:path", &O::listen, CheckListen),
        "Where gRPC is served. 0.0.0.0:50051 serves others; there is no authentication yet."},
       {&kServing, "metrics-listen", Text("host:port or empty", &O::metrics_listen, CheckMetricsListen),
        "Where Prometheus metrics are served over HTTP. Empty: nowhere."},
       {&kServing, "reflection", Bool(&O::reflection), "Serve gRPC reflection."},
       {&kServing, "channelz", Bool(&O::channelz), "Serve gRPC channelz."},
       {&kServing, "grpc-threads", Number(&O::grpc_threads, 0, 1024), "Most polling threads of gRPC. 0: one a core."},
       {&kServing, "default-deadline", Duration(&O::default_deadline, absl::Milliseconds(10), absl::Hours(1)),
        "For calls that bring no deadline."},
       {&kServing, "max-message-bytes", Bytes(&O::max_message_bytes, 16 << 10, 64 << 20), "Largest request."},
       {&kServing, "max-concurrent-streams", Number(&O::max_concurrent_streams, 1, 1'000'000),
        "Most calls at once on one connection."},
       {&kServing, "max-connections-memory", Bytes(&O::max_connections_memory, int64_t{16} << 20, int64_t{64} << 30),
        "Most memory that gRPC uses for all connections together."},
       {&kServing, "max-connection-age", Duration(&O::max_connection_age, absl::ZeroDuration(), absl::Hours(8760)),
        "Connections are closed after so long, so that load balancers can move clients. 0: never."},
       {&kServing, "max-connection-age-grace", Duration(&O::max_connection_age_grace, absl::Seconds(1), absl::Hours(1)),
        "How long calls may take to end on a connection that is closed for its age."},
       {&kServing, "keepalive-time", Duration(&O::keepalive_time, absl::Seconds(1), absl::Hours(24)),
        "A connection that is silent for so long is pinged."},
       {&kServing, "keepalive-timeout", Duration(&O::keepalive_timeout, absl::Seconds(1), absl::Hours(1)),
        "A connection whose ping is not answered for so long is closed."}});
}

void AppendWork(std::vector<Option>& table) {
  using O = ServerOptions;
  table.insert(
      table.end(),
      {{&kWritesAndReads, "lanes", Number(&O::lanes, 1, 64), "Threads that write, each with its connection."},
       {&kWritesAndReads, "max-waiting-writes", Number(&O::max_waiting_writes, 1, 1'000'000),
        "Most commands that wait for a lane; more are refused."},
       {&kWritesAndReads, "max-batch-commands", Number(&O::max_batch_commands, 1, 10'000),
        "Most commands in one transaction."},
       {&kWritesAndReads, "max-batch-skus", Number(&O::max_batch_skus, 1, 100'000),
        "No more commands join a transaction that locks so many SKUs."},
       {&kWritesAndReads, "read-connections", Number(&O::read_connections, 1, 256),
        "Threads that read, each with its connection."},
       {&kWritesAndReads, "max-waiting-reads", Number(&O::max_waiting_reads, 1, 1'000'000),
        "Most reads that wait for a thread; more are refused."},
       {&kHoldsAndRequests, "hold-ttl", Duration(&O::hold_ttl, absl::Seconds(1), absl::Hours(8760)),
        "How long stock is held for a reservation that asks for no time; at most max-hold-ttl."},
       {&kHoldsAndRequests, "max-hold-ttl", Duration(&O::max_hold_ttl, absl::Seconds(1), absl::Hours(8760)),
        "The longest hold that a reservation may ask for."},
       {&kHoldsAndRequests, "request-id-retention",
        Duration(&O::request_id_retention, absl::Minutes(1), absl::Hours(8760)),
        "How long a repeated request_id gets the first answer again."},
       {&kHoldsAndRequests, "sweep-interval", Duration(&O::sweep_interval, absl::Milliseconds(10), absl::Minutes(1)),
        "Pause between looks for holds that have expired."}});
}

void AppendLogsAndVerification(std::vector<Option>& table) {
  using O = ServerOptions;
  using V = VerifyOptions;
  using Formats = std::vector<std::pair<std::string, LogFormat>>;
  using Levels = std::vector<std::pair<std::string, LogLevel>>;
  table.insert(
      table.end(),
      {{&kLogs, "log-format", Choice(&O::log_format, Formats{{"text", LogFormat::kText}, {"json", LogFormat::kJson}}),
        "How events are written to standard error."},
       {&kLogs, "log-level",
        Choice(&O::log_level, Levels{{"debug", LogLevel::kDebug},
                                     {"info", LogLevel::kInfo},
                                     {"warning", LogLevel::kWarning},
                                     {"error", LogLevel::kError}}),
        "The least important events that are written."},
       {&kVerification, "repair", Bool(&V::repair), "Correct what is found, instead of only reporting it.", kFlag},
       {&kVerification, "sku-prefix", Text("text", &V::sku_prefix),
        "Verify only SKUs that begin with this. Empty: all.", kFlag}});
}

// Everything there is, in the order in which it is shown.
const std::vector<Option>& Table() {
  static const auto* const table = [] {
    auto made = std::make_unique<std::vector<Option>>();
    AppendDatabase(*made);
    AppendServing(*made);
    AppendWork(*made);
    AppendLogsAndVerification(*made);
    return made.release();
  }();
  return *table;
}

struct CommandFacts {
  const char* name;
  Command command;
  const char* meaning;
};

constexpr CommandFacts kCommands[] = {
    {"serve", Command::kServe, "Serve the inventory over gRPC until SIGTERM or SIGINT."},
    {"migrate", Command::kMigrate, "Bring the database's schema up to date."},
    {"verify", Command::kVerify, "Compare stock levels with the ledger and the reservations."},
    {"version", Command::kVersion, "Print the version."},
};

// ---- Texts ----

// Breaks at spaces so that no line is longer than a terminal's, and indents.
std::string Wrapped(const std::string& text, const std::string& indent) {
  constexpr std::size_t kWidth = 100;
  std::string out;
  std::string line = indent;
  for (const std::string& word : std::vector<std::string>(absl::StrSplit(text, ' '))) {
    if (line.size() > indent.size() && line.size() + 1 + word.size() > kWidth) {
      out += line + "\n";
      line = indent;
    }
    if (line.size() > indent.size()) line += ' ';
    line += word;
  }
  return out + line + "\n";
}

std::string HelpOf(const Option& option) {
  std::string head = option.sources & kFlag ? option.flag() : option.variable();
  const std::string default_text = option.default_text();
  std::string facts = absl::StrCat("Default: ", default_text.empty() ? "empty" : default_text, ".");
  if ((option.sources & kEnvironment) && (option.sources & kFlag)) {
    absl::StrAppend(&facts, " Environment: ", option.variable(), ".");
  }
  if (option.sources == kEnvironment) facts += " Only from the environment.";
  return absl::StrCat("  ", head, "  (", option.kind.values, ")\n", Wrapped(option.meaning, "      "),
                      Wrapped(facts, "      "));
}

// The options that `takes` selects, grouped.
std::string HelpOf(const std::function<bool(const Option&)>& takes) {
  std::string help;
  const Group* group = nullptr;
  for (const Option& option : Table()) {
    if (!takes(option)) continue;
    if (option.group != group) absl::StrAppend(&help, "\n", option.group->title, "\n");
    group = option.group;
    help += HelpOf(option);
  }
  return help;
}

constexpr char kPrecedence[] =
    "\nA flag wins over its environment variable, which wins over the file of --config (where names are\n"
    "written without the dashes in front), which wins over the default.\n";

std::string HelpOf(const std::string& program) {
  std::string help = absl::StrCat("Usage: ", program, " <command> [--option value]...\n\nCommands\n");
  for (const CommandFacts& facts : kCommands) {
    absl::StrAppend(&help, "  ", facts.name, std::string(10 - std::string_view(facts.name).size(), ' '), facts.meaning,
                    "\n");
  }
  absl::StrAppend(&help, "\n", program, " <command> --help shows what a command takes.\n", kPrecedence);
  return help + HelpOf([](const Option&) { return true; });
}

std::string HelpOf(const std::string& program, const CommandFacts& command) {
  const std::string help =
      absl::StrCat("Usage: ", program, " ", command.name, " [--option value]...\n", command.meaning, "\n", kPrecedence);
  return help + HelpOf([&](const Option& option) { return option.group->IsFor(command.command); });
}

// ---- Reading ----

const Option* Find(const std::string& name) {
  const auto found =
      std::find_if(Table().begin(), Table().end(), [&](const Option& option) { return option.name == name; });
  return found == Table().end() ? nullptr : &*found;
}

// Texts by option name.
using Values = std::map<std::string, std::string>;

// Reports what CLI11 could not place. What follows an unknown flag is taken for its value.
void ReportUnknown(const std::vector<std::string>& rest, const CommandFacts& command, Problems& problems) {
  bool after_flag = false;
  for (const std::string& argument : rest) {
    const bool is_flag = argument.size() > 1 && argument.front() == '-';
    const std::string name = argument.substr(0, argument.find('='));
    const Option* known = absl::StartsWith(name, "--") ? Find(name.substr(2)) : nullptr;
    if (is_flag && known != nullptr && (known->sources & kFlag)) {
      problems.push_back(absl::StrCat(name, ": the command ", command.name, " does not take it"));
    } else if (is_flag && known != nullptr) {
      problems.push_back(absl::StrCat(name, ": is not taken as a flag, only as ", known->variable()));
    } else if (is_flag) {
      problems.push_back(absl::StrCat(name, ": unknown flag"));
    } else if (!after_flag) {
      problems.push_back(absl::StrCat("unexpected argument \"", argument, "\""));
    }
    after_flag = is_flag && argument.find('=') == std::string::npos;
  }
}

// Rewrites what CLI11 reads otherwise: "--name=" has an empty value, instead of the next argument, and a switch alone
// is
// "--name=true".
std::vector<std::string> Arguments(int argc, const char* const* argv, int first) {
  std::vector<std::string> arguments;
  for (int i = first; i < argc; ++i) {
    std::string argument = argv[i];
    const Option* option = absl::StartsWith(argument, "--") ? Find(argument.substr(2)) : nullptr;
    const std::string_view next = i + 1 < argc ? argv[i + 1] : "";
    if (option != nullptr && option->kind.is_switch && next != "true" && next != "false") argument += "=true";
    const bool empty = absl::StartsWith(argument, "--") && argument.find('=') == argument.size() - 1;
    if (empty) argument.pop_back();
    arguments.push_back(std::move(argument));
    if (empty) arguments.emplace_back();
  }
  return arguments;
}

// Reads the flags of a command. Returns false if help is asked for.
bool ReadFlags(std::vector<std::string> arguments, const CommandFacts& command, Values& values, Problems& problems) {
  CLI::App app;
  app.allow_extras();
  app.allow_windows_style_options(false);
  std::map<std::string, std::string> texts;
  std::map<std::string, CLI::Option*> flags;
  for (const Option& option : Table()) {
    if (!(option.sources & kFlag) || !option.group->IsFor(command.command)) continue;
    CLI::Option* flag = app.add_option(option.flag(), texts[option.name]);
    flag->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    flags[option.name] = flag;
  }
  std::reverse(arguments.begin(), arguments.end());
  try {
    app.parse(arguments);
  } catch (const CLI::CallForHelp&) {
    return false;
  } catch (const CLI::ParseError& error) {
    problems.push_back(error.what());
    return true;
  }
  for (const auto& [name, flag] : flags) {
    if (flag->count() > 0) values[name] = texts[name];
  }
  ReportUnknown(app.remaining(), command, problems);
  return true;
}

// Takes a key's value, or reports a problem.
void ReadItem(const CLI::ConfigItem& item, const std::string& where, Values& values, Problems& problems) {
  const Option* option = item.parents.empty() ? Find(item.name) : nullptr;
  if (option == nullptr || !(option->sources & kFile)) {
    problems.push_back(absl::StrCat(where, ": unknown key ", item.fullname()));
    return;
  }
  const std::string value = item.inputs.empty() ? "" : item.inputs.front();
  if (item.inputs.size() > 1 || values.contains(item.name)) {
    problems.push_back(absl::StrCat(where, ": ", item.name, " has more than one value; quote a value with spaces"));
    return;
  }
  // CLI11 ends a value at "#" even within quotes.
  if (!value.empty() && (value.front() == '"' || value.front() == '\'')) {
    problems.push_back(absl::StrCat(where, ": ", item.name, " has a quote without an end; a value can't hold #"));
    return;
  }
  values[item.name] = value;
}

// Not open if there is no such file, or it can't be read; a directory would open and then throw.
std::ifstream Open(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return {};
  return std::ifstream(path, std::ios::binary);
}

void ReadFile(const std::string& path, Values& values, Problems& problems) {
  std::ifstream file = Open(path);
  if (!file.is_open()) {
    problems.push_back(absl::StrCat("--config: can't read ", path));
    return;
  }
  try {
    for (const CLI::ConfigItem& item : CLI::ConfigTOML().from_config(file)) {
      // "++" and "--" are where sections begin and end.
      if (item.name != "++" && item.name != "--") ReadItem(item, path, values, problems);
    }
  } catch (const CLI::Error& error) {
    problems.push_back(absl::StrCat(path, ": ", error.what()));
  }
}

Values ReadEnvironment() {
  Values values;
  for (const Option& option : Table()) {
    const char* value = option.sources & kEnvironment ? std::getenv(option.variable().c_str()) : nullptr;
    if (value != nullptr) values[option.name] = value;
  }
  return values;
}

// Sets all options of `values`; `where` says of an option what the value came from.
void Set(const Values& values, const std::function<std::string(const Option&)>& where, CommandLine& line,
         Problems& problems) {
  for (const Option& option : Table()) {
    const auto value = values.find(option.name);
    if (value == values.end()) continue;
    const std::string wrong = option.kind.set(value->second, line);
    if (wrong.empty()) continue;
    problems.push_back(absl::StrCat(option.flag(), ": ", wrong, where(option)));
  }
}

// Sets every option from where it wins.
void SetAll(Values flags, CommandLine& line, Problems& problems) {
  Values environment = ReadEnvironment();
  Values file;
  std::string path;
  if (flags.contains("config")) {
    path = flags["config"];
  } else if (environment.contains("config")) {
    path = environment["config"];
  }
  if (!path.empty()) ReadFile(path, file, problems);
  // What does not win is not looked at: a wrong value can be overridden.
  for (const auto& [name, text] : flags) environment.erase(name);
  for (const auto& [name, text] : flags) file.erase(name);
  for (const auto& [name, text] : environment) file.erase(name);
  Set(
      flags, [](const Option&) { return ""; }, line, problems);
  Set(
      environment, [](const Option& option) { return " (from " + option.variable() + ")"; }, line, problems);
  Set(
      file, [&](const Option&) { return " (from " + path + ")"; }, line, problems);
}

// ---- What options mean together ----

void ReadPassword(ServerOptions& options, Problems& problems) {
  const std::string& path = options.database_password_file;
  if (path.empty()) return;
  if (!options.database.password.empty()) {
    problems.push_back("--database-password-file: INVENTORY_DATABASE_PASSWORD is set too; give one of them");
    return;
  }
  std::ifstream file = Open(path);
  if (!file.is_open()) {
    problems.push_back(absl::StrCat("--database-password-file: can't read ", path));
    return;
  }
  std::string password{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (absl::EndsWith(password, "\n")) password.pop_back();
  if (absl::EndsWith(password, "\r")) password.pop_back();
  if (password.empty()) problems.push_back(absl::StrCat("--database-password-file: ", path, " is empty"));
  options.database.password = password;
}

void CompleteDatabase(ServerOptions& options, Problems& problems) {
  ReadPassword(options, problems);
  storage::DatabaseOptions& database = options.database;
  database.write_timeout = database.read_timeout;
  if (database.lock_wait_timeout != absl::Floor(database.lock_wait_timeout, absl::Seconds(1))) {
    problems.push_back(absl::StrCat("--database-lock-timeout: ", absl::FormatDuration(database.lock_wait_timeout),
                                    " is not in whole seconds"));
  }
  if (database.lock_wait_timeout >= database.read_timeout) {
    problems.push_back(absl::StrCat("--database-lock-timeout: ", absl::FormatDuration(database.lock_wait_timeout),
                                    " is not below --database-read-timeout, ",
                                    absl::FormatDuration(database.read_timeout)));
  }
  if (options.database_url.empty()) {
    if (!database.password.empty()) {
      problems.push_back("--database-url: is empty, but a database password is given; the private database has none");
    }
    return;
  }
  absl::StatusOr<storage::DatabaseOptions> parsed = storage::ParseDatabaseUrl(options.database_url);
  if (!parsed.ok()) {
    problems.push_back(absl::StrCat("--database-url: ", std::string(parsed.status().message())));
    return;
  }
  database.host = parsed->host;
  database.port = parsed->port;
  database.socket = parsed->socket;
  database.user = parsed->user;
  database.database = parsed->database;
  database.tls_ca = parsed->tls_ca;
}

// The XDG base directory specification has relative paths ignored.
std::string DefaultDataDir() {
  if (geteuid() == 0) return "/var/lib/inventory";
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && state[0] == '/') return absl::StrCat(state, "/inventory");
  const char* home = std::getenv("HOME");
  if (home != nullptr && home[0] == '/') return absl::StrCat(home, "/.local/state/inventory");
  return "";
}

void Complete(ServerOptions& options, Problems& problems) {
  CompleteDatabase(options, problems);
  if (options.data_dir.empty()) options.data_dir = DefaultDataDir();
  if (options.data_dir.empty() && options.database_url.empty()) {
    problems.push_back("--data-dir: has no default here, because HOME is not set");
  }
  if (options.hold_ttl > options.max_hold_ttl) {
    problems.push_back(absl::StrCat("--hold-ttl: ", absl::FormatDuration(options.hold_ttl),
                                    " is above --max-hold-ttl, ", absl::FormatDuration(options.max_hold_ttl)));
  }
}

absl::Status Refused(const std::string& program, Problems problems) {
  problems.push_back(absl::StrCat("See ", program, " --help."));
  return absl::InvalidArgumentError(absl::StrJoin(problems, "\n"));
}

bool AsksForHelp(const std::string& argument) { return argument == "--help" || argument == "-h" || argument == "help"; }

// Text as a cell of a Markdown table.
std::string Cell(const std::string& text) { return absl::StrReplaceAll(text, {{"|", "\\|"}}); }

std::string Code(const std::string& text) { return text.empty() ? "" : "`" + text + "`"; }

}  // namespace

absl::StatusOr<CommandLine> ParseCommandLine(int argc, const char* const* argv) {
  const std::string program = argc > 0 ? std::filesystem::path(argv[0]).filename().string() : "inventory";
  if (argc < 2) return Refused(program, {"a command is missing: serve, migrate, verify or version"});
  CommandLine line;
  const std::string word = argv[1];
  if (AsksForHelp(word)) {
    line.help = HelpOf(program);
    return line;
  }
  const auto* const command = std::find_if(std::begin(kCommands), std::end(kCommands),
                                           [&](const CommandFacts& facts) { return word == facts.name; });
  if (command == std::end(kCommands)) {
    return Refused(program, {absl::StrCat("\"", word, "\" is not a command: serve, migrate, verify or version")});
  }
  line.command = command->command;
  Problems problems;
  Values flags;
  if (!ReadFlags(Arguments(argc, argv, 2), *command, flags, problems)) {
    line.help = HelpOf(program, *command);
    return line;
  }
  if (line.command != Command::kVersion) {
    SetAll(std::move(flags), line, problems);
    Complete(line.server, problems);
  }
  if (!problems.empty()) return Refused(program, std::move(problems));
  return line;
}

std::string OptionsTable() {
  std::string table;
  const Group* group = nullptr;
  for (const Option& option : Table()) {
    if (option.group != group) {
      absl::StrAppend(&table, group == nullptr ? "" : "\n", "**", option.group->title,
                      "**\n\n| Option | Default | Values | Environment | Meaning |\n|---|---|---|---|---|\n");
    }
    group = option.group;
    absl::StrAppend(&table, "| ", option.sources & kFlag ? Code(option.flag()) : "", " | ",
                    Cell(option.shown_default != nullptr ? option.default_text() : Code(option.default_text())), " | ",
                    Cell(option.kind.values), " | ", option.sources & kEnvironment ? Code(option.variable()) : "",
                    " | ", Cell(option.meaning), " |\n");
  }
  return table;
}

}  // namespace inventory::server
