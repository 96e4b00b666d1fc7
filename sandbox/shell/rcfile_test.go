package shell

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var example = Config{
	SocketPath: "/run/user/1000/kihon/3f2a/session.sock",
	Hook:       []string{"/opt/it's kihon/kihon", "prompt-hook"},
	DockerHost: "unix:///run/user/1000/kihon/3f2a/docker.sock",
	Env:        []string{"KIHON_LANG=ja", "NOTE=$(id) `id` \"x\"\nsecond 'line'"},
	Words: []Word{
		{Name: "hint", Command: `/opt/it\'s\ kihon/kihon hint "$@"`},
		{Name: "again", Command: `/opt/it\'s\ kihon/kihon reset "$@"`},
		{Name: "quit", Command: Quit},
	},
	Ended: "このセッションは終わりました。",
}

func TestRCFile(t *testing.T) {
	golden := filepath.Join("testdata", "rcfile.golden")
	got := rc(example, "/run/user/1000/kihon/3f2a/shell-1", 4711)
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the generated file differs from %s; -update rewrites it. It is now:\n%s", golden, got)
	}
}

func TestRCFilePassesShellcheck(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bashrc")
	if err := os.WriteFile(path, []byte(rc(example, "/run/kihon/shell-1", 4711)), 0o600); err != nil {
		t.Fatal(err)
	}
	// Values stand in single quotes and shall not be expanded.
	if out, err := exec.Command("shellcheck", "--exclude=SC2016,SC1003", path).CombinedOutput(); err != nil {
		t.Errorf("shellcheck, which this test needs: %v\n%s", err, out)
	}
}

func TestEnvironmentFileSetsValuesLiterally(t *testing.T) {
	script := rc(example, t.TempDir(), 4711)
	// What the file sets, without starting the rest of it.
	cmd := exec.Command("bash", "--norc", "-c", `eval "${1%_kihon_start*}"; _kihon_environment; printf '%s|%s|%s' "$NOTE" "$DOCKER_HOST" "${DOCKER_TLS_VERIFY-unset}"`, "bash", script)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "DOCKER_TLS_VERIFY=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want := "$(id) `id` \"x\"\nsecond 'line'|" + example.DockerHost + "|unset"
	if string(out) != want {
		t.Errorf("got  %q\nwant %q", out, want)
	}
}
