// Kinds of option values: how an option's text becomes a value and back.
#ifndef INVENTORY_SERVER_OPTIONS_KINDS_H_
#define INVENTORY_SERVER_OPTIONS_KINDS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "server/options.h"
#include "storage/connection.h"

namespace inventory::server::options {

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

// "4MiB": a whole number of bytes, or of the largest unit that divides it.
std::string ShowBytes(int64_t bytes);
bool ParseBytes(const std::string& text, int64_t* bytes);

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

// A part of all.
template <typename Member>
Kind Ratio(Member member) {
  const std::string values = "0 to 1";
  return {values,
          [=](const std::string& text, CommandLine& line) -> std::string {
            double value = 0;
            if (!absl::SimpleAtod(text, &value) || !(value >= 0 && value <= 1)) {
              return absl::StrCat("\"", text, "\" is not a number of ", values);
            }
            Get(line, member) = value;
            return "";
          },
          [=](CommandLine& line) { return absl::StrCat(Get(line, member)); }};
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

// A duration, or 0 for no end.
template <typename Member>
Kind DurationOrForever(Member member, absl::Duration least, absl::Duration most) {
  Kind kind = Duration(member, least, most);
  kind.values = absl::StrCat("0 or ", kind.values);
  kind.set = [=, bounded = std::move(kind.set)](const std::string& text, CommandLine& line) -> std::string {
    absl::Duration value;
    if (!absl::ParseDuration(text, &value) || value != absl::ZeroDuration()) return bounded(text, line);
    Get(line, member) = value;
    return "";
  };
  return kind;
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

// Checks for Text: what is wrong, empty if nothing.
std::string CheckKeys(const std::string& text);
std::string CheckListen(const std::string& text);         // host:port or unix:path.
std::string CheckMetricsListen(const std::string& text);  // host:port, or empty for nowhere.
std::string CheckHosts(const std::string& text);          // As activities::Hosts takes them.
std::string CheckNetworks(const std::string& text);       // As activities::Networks takes them.

}  // namespace inventory::server::options

#endif  // INVENTORY_SERVER_OPTIONS_KINDS_H_
