package main

import (
	"context"
	"errors"
	"flag"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/volume"
	"github.com/rogpeppe/go-internal/testscript"

	"kihon/cmd/kihon/learner"
	"kihon/sandbox/engine"
	"kihon/sandbox/journal"
	"kihon/store"
)

// update rewrites the expected texts that stand below the scripts.
var update = flag.Bool("update", false, "rewrite the expected texts in testdata")

// patience is how long a script waits for something that must happen.
const patience = 60 * time.Second

// TestScripts types what learners, authors and CI systems type, with the built
// command on the real engine. Each script is a learner of its own; its names
// and its port are drawn where nobody else's are, so that scripts may run side
// by side and beside a user's own containers. At its end the engine holds
// nothing that a home of the script made.
//
// Besides testscript's own, scripts have the commands below.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                "testdata/script",
		WorkdirRoot:        t.TempDir(),
		Setup:              newScript,
		UpdateScripts:      *update,
		RequireUniqueNames: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"kihon":      scriptKihon,
			"exits":      scriptExits,
			"session":    scriptSession,
			"interrupt":  scriptInterrupt,
			"terminal":   scriptTerminal,
			"own":        scriptOwn,
			"vars":       scriptVars,
			"course":     scriptCourse,
			"edit":       scriptEdit,
			"foreign":    scriptForeign,
			"listen":     scriptListen,
			"alone":      scriptAlone,
			"watch":      scriptWatch,
			"asbefore":   scriptAsBefore,
			"homeid":     scriptHomeID,
			"tidy":       scriptTidy,
			"columns":    scriptColumns,
			"wellformed": scriptWellFormed,
			"helps":      scriptHelps,
			"waitfor":    scriptWaitFor,
		},
	})
}

// newScript gives a script its places and, for its end, the look at what is
// left of it.
func newScript(env *testscript.Env) error {
	t := env.T().(testing.TB)
	paths, err := learner.FindPaths(os.Getenv)
	if err != nil {
		return err
	}
	// Sockets live below TMPDIR, and their paths must be short.
	tmp, err := os.MkdirTemp("", "kihontest-")
	if err != nil {
		return err
	}
	docker := os.Getenv("DOCKER_CONFIG")
	if docker == "" {
		user, _ := os.UserHomeDir()
		docker = filepath.Join(user, ".docker")
	}
	endpoint, err := engine.Find(os.Getenv)
	if err != nil {
		return err
	}
	set := map[string]string{
		"REAL_DOCKER_HOST": endpoint.Host,
		"HOME":             filepath.Join(env.WorkDir, "user"), "TMPDIR": tmp, "DOCKER_CONFIG": docker,
		"KIHON_HOME": filepath.Join(env.WorkDir, "kihon"), "KIHON_WORKSPACE": filepath.Join(env.WorkDir, "workspace"), "KIHON_CACHE": paths.Cache,
		"PATH": filepath.Dir(binary) + string(filepath.ListSeparator) + os.Getenv("PATH"), "KIHON": binary,
		"LANG": "C.UTF-8", "TERM": "xterm", "SHELL": "/bin/sh",
	}
	for _, name := range engineVariables {
		if value := os.Getenv(name); value != "" {
			set[name] = value
		}
	}
	for name, value := range set {
		env.Setenv(name, value)
	}
	env.Values[testKey{}], env.Values[watchKey{}] = t, &watched{}
	vars := env.Vars
	env.Defer(func() {
		for _, db := range findRecords(env.WorkDir) {
			leaveNothing(t, append(vars[:len(vars):len(vars)], "KIHON_HOME="+filepath.Dir(db)), filepath.Dir(db))
		}
		if err := os.RemoveAll(tmp); err != nil {
			t.Error(err)
		}
	})
	return errors.Join(os.Mkdir(set["HOME"], 0o755), os.Mkdir(set["KIHON_WORKSPACE"], 0o755))
}

func findRecords(dir string) []string {
	var found []string
	_ = filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err == nil && filepath.Base(path) == "kihon.db" {
			found = append(found, path)
		}
		return nil
	})
	return found
}

// leaveNothing cleans up after a home as its user would, and looks whether
// that was all. A home that cannot be opened has made nothing.
func leaveNothing(t testing.TB, env []string, home string) {
	db, err := store.Open(context.Background(), home)
	if err != nil {
		return
	}
	id := db.HomeID()
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	clean := exec.Command(binary, "sandbox", "clean")
	clean.Env = env
	if out, err := clean.CombinedOutput(); err != nil {
		t.Errorf("kihon sandbox clean in %s: %v\n%s", home, err, out)
	}
	e := scriptEngine(t)
	for _, left := range labelled(t, e, id) {
		t.Errorf("left on the engine by %s: %s", home, left)
		if name, found := strings.CutPrefix(left, "container "); found {
			_ = e.ContainerRemove(context.Background(), name, container.RemoveOptions{Force: true, RemoveVolumes: true})
		}
	}
}

func scriptEngine(t testing.TB) *engine.Engine {
	endpoint, err := engine.Find(os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.Connect(context.Background(), endpoint)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// labelled lists what the engine has with the label of a home.
func labelled(t testing.TB, e *engine.Engine, home string) []string {
	ctx := context.Background()
	label := filters.NewArgs(filters.Arg("label", journal.LabelHome+"="+home))
	var out []string
	containers, err1 := e.ContainerList(ctx, container.ListOptions{All: true, Filters: label})
	for _, c := range containers {
		out = append(out, "container "+c.ID)
	}
	volumes, err2 := e.VolumeList(ctx, volume.ListOptions{Filters: label})
	for _, v := range volumes.Volumes {
		out = append(out, "volume "+v.Name)
	}
	networks, err3 := e.NetworkList(ctx, network.ListOptions{Filters: label})
	for _, n := range networks {
		out = append(out, "network "+n.Name)
	}
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Error(err)
	}
	return out
}

// testOf is the test that a script is; its Cleanup runs after the script.
func testOf(ts *testscript.TestScript) testing.TB { return ts.Value(testKey{}).(testing.TB) }

type testKey struct{}
