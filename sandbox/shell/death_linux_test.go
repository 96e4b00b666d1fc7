package shell_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

func TestKillingTheSessionLeavesTheOuterTerminalSane(t *testing.T) {
	for name, begin := range map[string]func(r *room){
		"at the prompt": func(r *room) { r.text("half"); r.wait("work> half") },
		"while a program runs": func(r *room) {
			r.line("cat")
			r.until("for cat", func() bool { return r.foreground() == "cat" })
			// bash knows of a program only some time after it has started it.
			r.until("for the shell to wait for it", func() bool { return r.state(r.shell()) == "S" })
			r.line("echo")
			r.wait("echo\necho\n")
		},
		"with a program in sleep": stop,
	} {
		t.Run(name, func(t *testing.T) {
			r := enter(t, 60, "")
			r.begin(setup{})
			begin(r)
			if err := syscall.Kill(r.parent(r.shell()), syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			r.wait("Killed")
			r.wait("OUTER>\n")
			r.until("for the shell and its programs to be gone", func() bool {
				return len(r.processes("bash"))+len(r.processes("cat")) == 0
			})
			r.line("echo ready; read -r x; echo \"got $x\"; stty -a | grep -o ' icanon'")
			r.wait("\nready\n")
			r.line("typed and seen")
			r.wait("\ntyped and seen\ngot typed and seen\n icanon\nOUTER>\n")
			r.line("sleep 1000")
			r.until("for sleep to run", func() bool { return r.foreground() == "sleep" })
			r.keys("C-c")
			r.until("for the prompt again", func() bool { return r.foreground() == "bash" })
		})
	}
}

// A system without a parent-death signal leaves it to the hook: here the shell
// is told of another parent, one that is dead.
func TestShellWithoutAParentEndsAtTheNextPrompt(t *testing.T) {
	r := enter(t, 60, "")
	r.begin(setup{})
	files, err := filepath.Glob(filepath.Join(r.dir, "run", "shell-*", "bashrc"))
	if err != nil || len(files) != 1 {
		t.Fatalf("the generated file: %v %v", files, err)
	}
	rc, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	host := r.parent(r.shell())
	orphan := bytes.Replace(rc, []byte(fmt.Sprintf("_kihon_parent=%d\n", host)), []byte("_kihon_parent=$dead\n"), 1)
	if bytes.Equal(orphan, rc) {
		t.Fatal("the generated file does not name its parent")
	}
	r.write("orphan", string(orphan))
	r.line("export dead=$(sh -c 'echo $$'); clear; bash --rcfile ../orphan -i")
	r.until("for the second shell's first prompt", func() bool {
		calls := r.calls()
		return len(calls) > 1 && calls[len(calls)-1].First
	})
	r.post("/close", "")
	r.line("clear")
	r.wait("the session has ended")
	r.until("for the second shell to end", func() bool { return len(r.processes("bash")) == 1 })
}

// shell is the id of the learner's shell, once it has no subshells.
func (r *room) shell() int {
	r.t.Helper()
	var shells []int
	r.until("for the shell alone", func() bool {
		shells = r.processes("bash")
		return len(shells) == 1
	})
	return shells[0]
}

// parent is the id of the parent process.
func (r *room) parent(id int) int {
	r.t.Helper()
	parent, err := strconv.Atoi(r.stat(id)[1])
	if err != nil {
		r.t.Fatal(err)
	}
	return parent
}

// state is "R" for a process that runs, "S" for one that waits.
func (r *room) state(id int) string { return r.stat(id)[0] }

// stat are the fields of /proc/ID/stat behind the name.
func (r *room) stat(id int) []string {
	r.t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", id))
	if err != nil {
		r.t.Fatal(err)
	}
	return strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
}

// processes are the ids of this room's processes with the given name that run
// in the shell's environment.
func (r *room) processes(name string) []int {
	r.t.Helper()
	entries, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		r.t.Fatal(err)
	}
	var ids []int
	for _, e := range entries {
		// A process that ends meanwhile has neither.
		environ, _ := os.ReadFile(e + "/environ")
		comm, _ := os.ReadFile(e + "/comm")
		if strings.TrimSpace(string(comm)) == name && bytes.Contains(environ, []byte("KIHON_SESSION="+r.dir+"/s.sock\x00")) {
			id, err := strconv.Atoi(filepath.Base(e))
			if err != nil {
				r.t.Fatal(err)
			}
			ids = append(ids, id)
		}
	}
	return ids
}
