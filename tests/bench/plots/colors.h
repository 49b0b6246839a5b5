// The colours of all plots. Those of series can be told apart with any of the usual kinds of colour blindness.
#ifndef INVENTORY_TESTS_BENCH_PLOTS_COLORS_H_
#define INVENTORY_TESTS_BENCH_PLOTS_COLORS_H_

namespace inventory::bench::plots {

inline constexpr char kPaper[] = "#ffffff";
inline constexpr char kInk[] = "#1b2330";
inline constexpr char kFaintInk[] = "#5b6675";  // Still 4.5 to 1 on the paper.
inline constexpr char kGrid[] = "#e5e9ef";

inline constexpr char kBlue[] = "#0a62c9";
inline constexpr char kOrange[] = "#d9660a";
inline constexpr char kGreen[] = "#12836b";
inline constexpr char kPurple[] = "#8a4fb0";
inline constexpr char kGrey[] = "#6a7482";

}  // namespace inventory::bench::plots

#endif  // INVENTORY_TESTS_BENCH_PLOTS_COLORS_H_
