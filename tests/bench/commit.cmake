# Writes a source file with the commit that is being built, if that has changed. Run by every build with SOURCE_DIR,
# where to ask Git, and OUTPUT.
execute_process(
  COMMAND git --no-optional-locks describe --always --dirty
  WORKING_DIRECTORY "${SOURCE_DIR}"
  RESULT_VARIABLE failed OUTPUT_VARIABLE commit ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
if(failed)
  set(commit "unknown")
endif()
file(CONFIGURE OUTPUT "${OUTPUT}" @ONLY CONTENT [[
#include "tests/bench/commit.h"

namespace inventory::bench {
const char kCommit[] = "@commit@";
}  // namespace inventory::bench
]])
