# Reads the events of go test -json and prints
#
#   count PASSED FAILED
#   fail PACKAGE TEST       for each test that failed, and each package that
#                           failed without one (it did not build, or crashed)
#   skip PACKAGE TEST REASON
#
# code is go test's exit code: what failed although no test says so counts as one.
#
# Each event is one line, and its keys stand in the order Time, Action,
# Package, Test, Output; quotes inside a value are escaped.

function field(key,    rest, from) {
  from = index($0, "\"" key "\":\"")
  if (!from) return ""
  rest = substr($0, from + length(key) + 4)
  if (match(rest, /([^"\\]|\\.)*/)) return substr(rest, 1, RLENGTH)
  return ""
}

{
  # What a test prints may look like anything.
  output = index($0, ",\"Output\":\"")
  text = output ? field("Output") : ""
  if (output) $0 = substr($0, 1, output - 1)
  action = field("Action"); pkg = field("Package"); test = field("Test")
  id = pkg " " test
}

action == "output" && test != "" && text ~ /^ +[a-z0-9_]+\.go:[0-9]+: / {
  sub(/^ +/, "", text)
  sub(/\\n$/, "", text)
  said[id] = text
}
action == "pass" && test != "" { passed++ }
action == "skip" && test != "" { print "skip " id "  " said[id] }
action == "fail" && test != "" { failed++; broken[pkg] = 1; print "fail " id }
action == "fail" && test == "" && pkg != "" && !broken[pkg] { failed++; print "fail " pkg }

END {
  if (code && !failed) { failed++; print "fail go test itself, with exit code " code }
  print "count", passed + 0, failed + 0
}
