// Package shell is the learner's own shell as a child process: their bash,
// their ~/.bashrc, their terminal, with a prompt hook that asks the live
// session what to show.
//
// There is no emulated prompt and no pseudo-terminal in between. The shell
// inherits standard input, output and error; before each prompt it runs the
// hook (package kihon/sandbox/shell/hook), and the session may show a text
// while the learner sits at the prompt (Session.Print).
//
// The shell reads a generated file instead of ~/.bashrc (rc.bash, with the
// values of Config before it). That file reads ~/.bashrc first, and adds to
// what it finds: to PROMPT_COMMAND, PS0, PS1, PS2 and the trap for SIGWINCH.
// Every name it defines begins with _kihon_, apart from the words.
//
// Everything works from bash 5.1 on. Older ones lack Print, the prefix in the
// prompt and the difference between a command and an empty line, which counts
// as a command there (before 4.4).
package shell

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
)

// Config is what a session wants of its shell. The zero value of a field that
// says nothing else is an error.
type Config struct {
	// Shell is the path of the bash to start; see Find.
	Shell string
	// Dir is where the shell starts, even if ~/.bashrc goes elsewhere.
	Dir string
	// RunDir is a directory that nobody else can read (mode 0700). New makes a
	// directory for the shell's files in it; the end of Run removes that.
	RunDir string
	// SocketPath is the session's socket: where the hook asks, and the value
	// of KIHON_SESSION.
	SocketPath string
	// Secret is what the hook sends as X-Kihon-Secret. One line, may be empty.
	Secret string
	// Hook is the command line of the prompt hook, without its arguments: the
	// path of kihon-prompt, or that of kihon and "prompt-hook".
	Hook []string
	// DockerHost is the value of DOCKER_HOST in the shell.
	DockerHost string
	// Env holds NAME=value pairs that are set in the shell besides. Like
	// DOCKER_HOST and KIHON_SESSION they are set once more after ~/.bashrc, so
	// PATH, which many set there, does not belong here. May be empty.
	Env []string
	// Words are the commands that only this shell has. May be empty.
	Words []Word
	// Prefix stands before the learner's prompt until an answer of the session
	// brings another, as the header X-Kihon-Prompt does. May be empty.
	Prefix string
	// Ended is the line that is shown when the hook finds that the session has
	// ended, in the learner's language.
	Ended string
	// Plain has Print write below the learner's line, which is then repeated,
	// instead of above it. TERM=dumb does the same.
	Plain bool
	// Stdin, Stdout and Stderr are the shell's. Without a terminal as Stdin
	// there is no job control, and Print shows nothing.
	Stdin, Stdout, Stderr *os.File
}

// Word is a command of the shell. It is not defined where its name already is
// a command of the learner's (on PATH, a function, an alias) or of bash; the
// first question of the hook says which words were left out.
type Word struct {
	// Name is what is typed: letters, digits, "-" and "_".
	Name string
	// Command is what runs, in bash's language; "$@" stands for the arguments.
	Command string
}

// Quit is the Command of a word that ends the shell, with exit code 0. While
// jobs are stopped it does so when it is given twice, as exit does; exit itself
// would refuse every time, inside a word.
const Quit = "_kihon_quit"

// Session is one shell. Run may be called once; the other methods may be
// called by several goroutines at any time.
type Session struct {
	cfg Config
	dir string // the shell's files

	mu      sync.Mutex
	process *os.Process // the running shell; its id is that of its process group, too

	printing sync.Mutex // one Print at a time
}

var (
	wordName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)
	variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*=`)
)

// Find returns the path of the learner's bash: $SHELL where that is a bash,
// else the bash on PATH.
func Find(getenv func(string) string) (string, error) {
	if own := getenv("SHELL"); isBash(own) {
		if path, err := exec.LookPath(own); err == nil {
			return path, nil
		}
	}
	path, err := exec.LookPath("bash")
	if err != nil {
		return "", fmt.Errorf("find the learner's shell: %w", err)
	}
	return path, nil
}

func isBash(path string) bool { return filepath.Base(path) == "bash" }

// New checks cfg and writes the files of a shell. Who does not call Run
// afterwards calls Remove. An error that wraps errors.ErrUnsupported says that
// cfg.Shell is not a bash.
func New(cfg Config) (*Session, error) {
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("prepare the learner's shell: %w", err)
	}
	dir, err := os.MkdirTemp(cfg.RunDir, "shell-")
	if err != nil {
		return nil, fmt.Errorf("prepare the learner's shell: %w", err)
	}
	s := &Session{cfg: cfg, dir: dir}
	for name, content := range s.files() {
		if err := os.WriteFile(s.file(name), []byte(content), 0o600); err != nil {
			return nil, errors.Join(fmt.Errorf("prepare the learner's shell: %w", err), s.Remove())
		}
	}
	return s, nil
}

// Remove removes the shell's files. The end of Run has done so.
func (s *Session) Remove() error { return os.RemoveAll(s.dir) }

func (s *Session) file(name string) string { return filepath.Join(s.dir, name) }

func (c Config) check() error {
	if !isBash(c.Shell) {
		return fmt.Errorf("%q is not a bash: %w", c.Shell, errors.ErrUnsupported)
	}
	if c.Dir == "" || c.RunDir == "" || c.SocketPath == "" || c.DockerHost == "" || c.Ended == "" {
		return errors.New("a directory, the socket, the engine's address or the last line is not given")
	}
	if len(c.Hook) == 0 || c.Stdin == nil || c.Stdout == nil || c.Stderr == nil {
		return errors.New("the hook or a standard stream is not given")
	}
	info, err := os.Stat(c.RunDir)
	if err != nil {
		return err
	}
	if !info.IsDir() || info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s is open to others (mode %04o)", c.RunDir, info.Mode().Perm())
	}
	for _, w := range c.Words {
		if !wordName.MatchString(w.Name) || strings.TrimSpace(w.Command) == "" {
			return fmt.Errorf("%q does not make a word", w.Name)
		}
	}
	for _, pair := range c.Env {
		if !variable.MatchString(pair) {
			return fmt.Errorf("%q is not a variable with its value", pair)
		}
	}
	return nil
}
