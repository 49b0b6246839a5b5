#include "tests/cli/program.h"

#include "tests/read_file.h"

namespace inventory::cli {

Finished RunProgram(const std::vector<std::string>& arguments,
                    const integration::ProgramRun::Environment& environment) {
  const integration::ScratchFolder folder;
  const std::string err = folder.path() + "/err";
  std::vector<std::string> all = {"/bin/sh", "-c", "exec \"$@\" 2>\"$0\"", err};
  all.insert(all.end(), arguments.begin(), arguments.end());
  integration::ProgramRun run(all, environment);
  Finished finished;
  finished.exit_code = run.Wait();
  finished.out = run.output();
  finished.err = ReadFile(err);
  return finished;
}

}  // namespace inventory::cli
