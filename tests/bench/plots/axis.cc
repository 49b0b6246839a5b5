#include "tests/bench/plots/axis.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace inventory::bench::plots {
namespace {

constexpr int kTicksWanted = 5;
// More decades than this are marked by their beginnings alone.
constexpr double kDecadesWithSteps = 2.2;

// With three digits at most, and no zeros at the end.
std::string Digits(double value) {
  const int whole = value == 0 ? 1 : 1 + static_cast<int>(std::floor(std::log10(std::abs(value) * 1.0005)));
  std::string text = absl::StrFormat("%.*f", std::clamp(3 - whole, 0, 6), value);
  if (text.find('.') == std::string::npos) return text;
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

// 1, 2, 2.5 or 5 times a power of ten: the least that is not below `step`.
double RoundStep(double step) {
  const double power = std::pow(10, std::floor(std::log10(step)));
  for (const double factor : {1.0, 2.0, 2.5, 5.0}) {
    if (factor * power >= step * (1 - 1e-9)) return factor * power;
  }
  return 10 * power;
}

// All of 1, 2 and 5 times powers of ten from the last at or below `least` to the first at or above `most`.
std::vector<double> LogSteps(double least, double most) {
  std::vector<double> ticks;
  for (int power = static_cast<int>(std::floor(std::log10(least))) - 1;; ++power) {
    for (const double factor : {1, 2, 5}) {
      const double tick = factor * std::pow(10, power);
      if (tick <= least * (1 + 1e-9)) ticks.clear();
      ticks.push_back(tick);
      if (tick >= most * (1 - 1e-9) && ticks.size() > 1) return ticks;
    }
  }
}

// Multiples of a round step from the last at or below `least` to the first at or above `most`.
std::vector<double> LinearSteps(double least, double most) {
  std::vector<double> ticks;
  const double step = RoundStep((most - least) / kTicksWanted);
  const auto first = static_cast<int64_t>(std::floor(least / step + 1e-9));
  const auto last = static_cast<int64_t>(std::ceil(most / step - 1e-9));
  for (int64_t i = first; i <= last; ++i) ticks.push_back(static_cast<double>(i) * step);
  return ticks;
}

bool IsPowerOfTen(double value) { return std::abs(std::remainder(std::log10(value), 1)) < 1e-6; }

}  // namespace

std::string Short(double value) {
  if (!std::isfinite(value)) return "-";
  if (std::abs(value) >= 999'500) return absl::StrCat(Digits(value / 1e6), "M");
  if (std::abs(value) >= 999.5) return absl::StrCat(Digits(value / 1e3), "k");
  return Digits(value);
}

std::string Plain(double value) {
  const double size = std::abs(value);
  return size >= 999.5 && size < 9999.5 ? absl::StrFormat("%.0f", value) : Short(value);
}

bool Ruler::HasPlaceFor(Scale scale, double value) {
  return std::isfinite(value) && (scale == Scale::kLinear || value > 0);
}

Ruler::Ruler(const Axis& axis, const std::vector<double>& values, double first, double last, Room room)
    : scale_(axis.scale), first_(first), last_(last) {
  std::vector<double> measures;
  if (scale_ == Scale::kLinear) measures.push_back(0);
  for (const double value : values) {
    if (HasPlaceFor(scale_, value)) measures.push_back(Measure(value));
  }
  if (!measures.empty()) {
    const auto [least, most] = std::minmax_element(measures.begin(), measures.end());
    least_ = *least;
    most_ = *most;
  }
  if (most_ <= least_) {
    // A value that is alone stands in the middle if there is to be room on both sides.
    if (scale_ == Scale::kLog && room.beside > 0) least_ -= 0.5;
    most_ = least_ + 1;
  }
  const double beside = room.beside * (most_ - least_);
  if (scale_ == Scale::kLog || least_ < 0) least_ -= beside;
  most_ += beside;
  ChooseTicks(axis, room.beside == 0);
}

void Ruler::ChooseTicks(const Axis& axis, bool round_ends) {
  std::vector<double> ticks = axis.ticks;
  if (ticks.empty()) {
    ticks = scale_ == Scale::kLog ? LogSteps(Value(least_), Value(most_)) : LinearSteps(least_, most_);
    if (round_ends) {
      least_ = Measure(ticks.front());
      most_ = Measure(ticks.back());
    }
    if (scale_ == Scale::kLog && most_ - least_ > kDecadesWithSteps) {
      std::erase_if(ticks, [](double tick) { return !IsPowerOfTen(tick); });
    }
  }
  for (const double tick : ticks) {
    if (!HasPlaceFor(scale_, tick)) continue;
    if (Measure(tick) >= least_ - 1e-9 && Measure(tick) <= most_ + 1e-9) ticks_.push_back(tick);
  }
}

double Ruler::At(double value) const {
  const double share = std::clamp((Measure(value) - least_) / (most_ - least_), 0.0, 1.0);
  return first_ + share * (last_ - first_);
}

double Ruler::Measure(double value) const { return scale_ == Scale::kLog ? std::log10(value) : value; }

double Ruler::Value(double measure) const { return scale_ == Scale::kLog ? std::pow(10, measure) : measure; }

}  // namespace inventory::bench::plots
