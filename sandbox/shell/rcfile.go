package shell

import (
	_ "embed"
	"fmt"
	"os"
	"strings"

	"kihon/sandbox/shell/hook"
)

// Names of the files in the shell's directory, besides those that the hook
// names. rc.bash has them as well.
const (
	rcFile   = "bashrc"
	newsFile = "news" // what Print wants shown; emptied by the shell that takes it
	ackFile  = "ack"  // how far the shell has come with it: 1, 2, 3
)

//go:embed rc.bash
var rcText string

// files are the contents that New writes.
func (s *Session) files() map[string]string {
	prefix := ""
	if s.cfg.Prefix != "" {
		prefix = hook.Mark(s.cfg.Prefix) + " "
	}
	return map[string]string{
		rcFile:          rc(s.cfg, s.dir, os.Getpid()),
		hook.SecretFile: s.cfg.Secret + "\n",
		hook.PrefixFile: prefix + "\n",
	}
}

// rc is the file that bash reads instead of ~/.bashrc: the values of cfg, then
// rc.bash.
func rc(cfg Config, dir string, parent int) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }

	line("# shellcheck shell=bash")
	line("# Written by kihon for one session and removed at its end.")
	line("_kihon_dir=%s", Quote(dir))
	line("_kihon_socket=%s", Quote(cfg.SocketPath))
	hookWords := make([]string, len(cfg.Hook))
	for i, w := range cfg.Hook {
		hookWords[i] = Quote(w)
	}
	line("_kihon_hook=(%s)", strings.Join(hookWords, " "))
	line("_kihon_parent=%d", parent)
	line("_kihon_ended=%s", Quote(cfg.Ended))
	plain := 0
	if cfg.Plain {
		plain = 1
	}
	line("_kihon_plain=%d", plain)
	line("")
	line("_kihon_environment() {")
	line("  unset -v %s \"${!%s@}\"", strings.Join(foreign, " "), foreignPrefix)
	for _, pair := range own(cfg) {
		name, value, _ := strings.Cut(pair, "=")
		line("  export %s=%s", name, Quote(value))
	}
	line("}")
	line("")
	line("_kihon_words() {")
	line("  :")
	for _, w := range cfg.Words {
		line("  _kihon_word %s %s", w.Name, Quote(w.Command))
	}
	line("}")
	b.WriteString(rcText)
	return b.String()
}

// Quote is s as one word of bash.
func Quote(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
