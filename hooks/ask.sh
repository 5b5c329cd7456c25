# Asks the daemon, and waits for its answer so long and no longer. No answer is the user's to judge: allowed,
# unless the settings say otherwise. Nothing is written anywhere.
# The first word says through what: `perl` takes the place of this shell, and ends with 9 where it cannot serve.
aios_send() {
  aios_through=$1
  shift
  PATH=${PATH:+$PATH:}/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin
  LC_ALL=C
  for aios_word; do
    set -- "$@" "argument=$aios_word"
    shift
  done
  set -- "hook=$aios_hook" "directory=$PWD" "gitDir=${GIT_DIR-}" "indexFile=${GIT_INDEX_FILE-}" \
    "workTree=${GIT_WORK_TREE-}" "authorName=${GIT_AUTHOR_NAME-}" "authorEmail=${GIT_AUTHOR_EMAIL-}" \
    "editor=${GIT_EDITOR-}" "skip=${AIOS_SKIP-}" "input=$aios_input" "$@"
  if [ "$aios_through" = perl ]; then
    [ ${#aios_input} -lt 60000 ] && command -v perl >/dev/null 2>&1 || return 9
    aios_perl "$@"
  fi
  if command -v curl >/dev/null 2>&1; then
    printf '%s\0' "$@" | curl -q -s --noproxy '*' --max-time "$aios_seconds" --unix-socket "$aios_socket" \
      -H 'Content-Type: application/x-aios-hook' -H 'Accept: text/plain' -H 'Expect:' \
      --data-binary @- http://aios/v1/hooks/ask
    return
  fi
  aios_bytes=0
  for aios_word; do aios_bytes=$((aios_bytes + ${#aios_word} + 1)); done
  {
    printf 'POST /v1/hooks/ask HTTP/1.0\r\nContent-Type: application/x-aios-hook\r\nAccept: text/plain\r\n'
    printf 'Connection: close\r\nContent-Length: %s\r\n\r\n' "$aios_bytes"
    printf '%s\0' "$@"
  } 2>/dev/null | aios_carry
}

# Perl without its modules starts in a third of the time that curl takes, and comes with git. It ends with 9
# where the address of a socket is written in a way that it was not told, and with 8 where the daemon gives no sign
# of life: a daemon says at once that it expects the rest of a request, however long the answer takes.
aios_perl() {
  exec perl -e 'my ($patience, $seconds, $path, @fields) = @ARGV;
    my $silent = 8;
    $SIG{ALRM} = sub { exit $silent };
    my $address = $^O =~ /^(?:linux|cygwin|msys)$/ ? pack("Sa*", 1, $path)
      : $^O =~ /^(?:darwin|\w+bsd)$/ ? pack("CCa*", 2 + length $path, 1, $path) : exit 9;
    alarm $patience;
    socket my $door, 1, 1, 0 or exit 9;
    connect $door, $address or exit 1;
    my $body = join "", map "$_\0", @fields;
    my $said = join "\r\n", "POST /v1/hooks/ask HTTP/1.1", "Host: aios", "Expect: 100-continue",
      "Content-Type: application/x-aios-hook", "Accept: text/plain", "Connection: close", "Content-Length: " . length $body, "", $body;
    while (length $said) { my $bytes = syswrite $door, $said or exit 1; substr $said, 0, $bytes, "" }
    while (sysread $door, my $piece, 65536) {
      if ($silent != 1) { $silent = 1; alarm $seconds }
      syswrite STDOUT, $piece;
    }' "$aios_patience" "$aios_seconds" "$aios_socket" "$@"
}

# Without both: whatever can carry bytes to a Unix socket and back.
aios_carry() {
  if command -v python3 >/dev/null 2>&1; then
    python3 -ISc 'import socket, sys
s = socket.socket(socket.AF_UNIX)
s.settimeout(float(sys.argv[1]))
s.connect(sys.argv[2])
s.sendall(sys.stdin.buffer.read())
for b in iter(lambda: s.recv(65536), b""): sys.stdout.buffer.write(b)' "$aios_seconds" "$aios_socket"
  elif command -v socat >/dev/null 2>&1; then
    socat -t "$aios_seconds" -T "$aios_seconds" - UNIX-CONNECT:"$aios_socket"
  elif command -v nc >/dev/null 2>&1; then
    nc -w "$aios_seconds" -U "$aios_socket"
  fi
}

# Says once that nobody answered, and leaves with what the settings ask for.
aios_unanswered() {
  if [ "$aios_policy" = deny ]; then
    printf 'aios: %s, and hooks.onFailure is deny; --no-verify goes on without.\n' "$1" >&2
    return 1
  fi
  printf 'aios: %s; %s was not checked.\n' "$1" "$aios_hook" >&2
}

# Says when a process began, in the system's own count; nothing of one that is gone, or whose parent has not noticed.
aios_birth() {
  aios_born=
  { IFS= read -r aios_born; } 2>/dev/null <"/proc/$1/stat"
  # shellcheck disable=SC2086
  set -- ${aios_born##*) }
  aios_born=
  case $#/${1-} in
    ?/* | 1?/* | */Z | */X) ;;
    *) aios_born=${20} ;;
  esac
}

# Says whether the daemon is known to be gone, so that nobody need be asked. Its number means nothing in a container
# that numbers processes by itself: there, process 1 began at another moment.
aios_gone() {
  # shellcheck disable=SC2086
  set -- $aios_daemon
  [ $# = 3 ] || return 1
  aios_birth 1
  [ "$aios_born" = "$3" ] || return 1
  aios_birth "$1"
  [ "$aios_born" != "$2" ]
}

aios_ask() {
  [ "${AIOS-}" != 0 ] || return 0
  [ -r "$aios_folder/door" ] || return 0
  aios_version='' aios_socket='' aios_policy='' aios_listens='' aios_daemon=''
  {
    IFS= read -r aios_version
    IFS= read -r aios_socket
    IFS= read -r aios_policy
    IFS= read -r aios_listens
    IFS= read -r aios_daemon
  } 2>/dev/null <"$aios_folder/door"
  if [ "$aios_version" != 1 ]; then
    aios_unanswered 'the hooks are of another version, so run `aios hooks install`'
    return
  fi
  case " $aios_listens " in
    *" $aios_hook "*) ;;
    *) return 0 ;;
  esac
  if [ ! -S "$aios_socket" ] || aios_gone; then
    aios_unanswered 'the daemon is not running'
    return
  fi
  # Where no answer means no, a daemon that is only busy gets all the time there is.
  aios_patience=1
  [ "$aios_policy" != deny ] || aios_patience=$aios_seconds
  aios_answer=$(aios_send perl "$@" 2>/dev/null)
  case $? in
    8)
      aios_unanswered "the daemon gave no sign of life for $aios_patience s (see \`aios doctor\`)"
      return
      ;;
    9) aios_answer=$(aios_send other "$@" 2>/dev/null) ;;
  esac
  case $aios_answer in
    HTTP/*) aios_answer=aios${aios_answer#*"${aios_newline}"aios} ;;
  esac
  case $aios_answer in
    'aios1 allow' | "aios1 allow$aios_newline"*) aios_verdict=0 ;;
    'aios1 deny' | "aios1 deny$aios_newline"*) aios_verdict=1 ;;
    *)
      aios_unanswered 'the daemon did not answer'
      return
      ;;
  esac
  aios_text=${aios_answer#*"$aios_newline"}
  [ "$aios_text" = "$aios_answer" ] || printf '%s\n' "$aios_text" >&2
  return $aios_verdict
}

[ "$aios_status" = 0 ] || exit "$aios_status"
aios_ask "$@"
