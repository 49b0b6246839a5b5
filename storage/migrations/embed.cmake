# Writes a C++ file that holds every migration of this folder. Run: cmake -D OUTPUT=file.cc -P embed.cmake
file(GLOB files ${CMAKE_CURRENT_LIST_DIR}/*.sql)
list(SORT files)
set(entries "")
set(version 0)
foreach(file IN LISTS files)
  math(EXPR version "${version} + 1")
  get_filename_component(name ${file} NAME_WE)
  string(REGEX MATCH "^0*([0-9]+)_" number ${name})
  if(NOT CMAKE_MATCH_1 EQUAL version)
    message(FATAL_ERROR "${name} must be migration number ${version}: numbers have no gaps")
  endif()
  file(READ ${file} sql)
  string(APPEND entries "    {${version}, \"${name}\", R\"sql(${sql})sql\"},\n")
endforeach()
file(WRITE ${OUTPUT} "// Made from storage/migrations/*.sql.
#include \"storage/migrator.h\"

namespace inventory::storage {
namespace {

constexpr Migration kMigrations[] = {
${entries}};

}  // namespace

std::span<const Migration> AllMigrations() { return kMigrations; }

}  // namespace inventory::storage
")
