# The hook that was here before runs first, as git would have run it: same arguments, same input, same `$0`
# where the shell can give it that (husky goes by it). What it refuses stays refused.
aios_kept=${0%/*}
[ "$aios_kept" != "$0" ] || aios_kept=.
aios_kept=$aios_kept/$aios_hook.aios-kept

aios_run_kept() {
  aios_first=
  IFS= read -r aios_first 2>/dev/null <"$aios_kept"
  case $aios_first in
    '#!/bin/sh' | '#! /bin/sh' | '#!/usr/bin/env sh') (. "$aios_kept") ;;
    *) "$aios_kept" "$@" ;;
  esac
}

# A manager that took over calls us as the hook that was there before; its own older file would call it again.
if [ -x "$aios_kept" ] && { [ "$aios_manager" != pre-commit ] || [ -z "${PRE_COMMIT_RUNNING_LEGACY-}" ]; }; then
  case $aios_hook in
    pre-push | post-rewrite) printf '%s' "$aios_input" 2>/dev/null | aios_run_kept "$@" ;;
    *) aios_run_kept "$@" ;;
  esac
  aios_status=$?
fi
