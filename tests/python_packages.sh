# For test scripts: a Python with pinned packages. To be sourced after tests/serving.sh.
# shellcheck shell=bash
# shellcheck disable=SC2154  # source and work are of tests/serving.sh.

# Sets `python` to a Python with the packages that file $1 pins, which are kept for the next time.
prepare_python() {
  local requirements="$1" folder
  [[ -x /usr/bin/python3 ]] || skip "/usr/bin/python3 is missing"
  folder="$("$source/server/dev/cache.sh" python)/$(sha256sum "$requirements" | cut -c 1-16)"
  python="$folder/bin/python"
  exec 9>"$folder.lock"
  flock 9
  [[ ! -e "$folder.done" ]] || return 0
  rm -rf "$folder"
  /usr/bin/python3 -m venv "$folder" >"$work/venv.out" 2>&1 || skip "Python makes no virtual environment"
  "$python" -m pip install --quiet --requirement "$requirements" >"$work/pip.out" 2>&1 ||
    skip "the packages of $requirements can't be had"
  touch "$folder.done"
}
