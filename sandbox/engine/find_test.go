//go:build unix

package engine_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kihon/sandbox/engine"
)

// environment is a learner's environment with a Docker configuration of its
// own, in which the contexts "lab" and "over-tls" exist.
func environment(t *testing.T) map[string]string {
	t.Helper()
	config := t.TempDir()
	env := map[string]string{"DOCKER_CONFIG": config, "HOME": t.TempDir(), "PATH": os.Getenv("PATH")}
	dockerCLI(t, env, "context", "create", "lab", "--docker", "host=unix:///run/lab.sock")
	dockerCLI(t, env, "context", "create", "over-ssh", "--docker", "host=ssh://ana@lab.example")
	return env
}

func dockerCLI(t *testing.T, env map[string]string, args ...string) string {
	t.Helper()
	cmd := exec.Command("docker", args...)
	cmd.Env = []string{}
	for k, v := range env {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("docker %s: %v: %s", strings.Join(args, " "), err, errs.String())
	}
	return strings.TrimSpace(string(out))
}

func lookup(env map[string]string) func(string) string {
	return func(key string) string { return env[key] }
}

func writeConfig(t *testing.T, env map[string]string, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(env["DOCKER_CONFIG"], "config.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestTheEngineIsTheOneThatTheDockerCommandUses(t *testing.T) {
	for name, c := range map[string]struct {
		env    map[string]string
		config string
		source string
	}{
		"nothing is set":                        {},
		"DOCKER_HOST is a socket":               {env: map[string]string{"DOCKER_HOST": "unix:///run/other.sock"}, source: "DOCKER_HOST"},
		"DOCKER_HOST has no scheme":             {env: map[string]string{"DOCKER_HOST": "lab.example"}, source: "DOCKER_HOST"},
		"DOCKER_HOST is ssh":                    {env: map[string]string{"DOCKER_HOST": "ssh://ana@lab.example"}, source: "DOCKER_HOST"},
		"DOCKER_CONTEXT names a context":        {env: map[string]string{"DOCKER_CONTEXT": "lab"}, source: "DOCKER_CONTEXT"},
		"DOCKER_CONTEXT is default":             {env: map[string]string{"DOCKER_CONTEXT": "default"}, config: `{"currentContext":"lab"}`, source: "DOCKER_CONTEXT"},
		"DOCKER_HOST goes before a context":     {env: map[string]string{"DOCKER_HOST": "tcp://127.0.0.1:2375", "DOCKER_CONTEXT": "lab"}, source: "DOCKER_HOST"},
		"the configuration file names one":      {config: `{"currentContext":"lab"}`, source: "config.json"},
		"a context goes before the file":        {env: map[string]string{"DOCKER_CONTEXT": "over-ssh"}, config: `{"currentContext":"lab"}`, source: "DOCKER_CONTEXT"},
		"the file is not JSON":                  {config: `{"currentContext":`},
		"TLS without a host goes to the port":   {env: map[string]string{"DOCKER_TLS_VERIFY": "1"}},
		"DOCKER_HOST of spaces is the default":  {env: map[string]string{"DOCKER_HOST": "  "}, source: "DOCKER_HOST"},
		"DOCKER_HOST with a path behind a port": {env: map[string]string{"DOCKER_HOST": "tcp://lab.example:80/engine"}, source: "DOCKER_HOST"},
	} {
		t.Run(name, func(t *testing.T) {
			env := environment(t)
			for k, v := range c.env {
				env[k] = v
			}
			if _, tls := c.env["DOCKER_TLS_VERIFY"]; tls {
				env["DOCKER_CERT_PATH"] = certificates(t).dir
			}
			if c.config != "" {
				writeConfig(t, env, c.config)
			}
			found, err := engine.Find(lookup(env))
			if err != nil {
				t.Fatal(err)
			}
			context := dockerCLI(t, env, "context", "show")
			host := dockerCLI(t, env, "context", "inspect", context, "--format", "{{.Endpoints.docker.Host}}")
			if found.Context != context || found.Host != host {
				t.Errorf("found %s at %s, the docker command uses %s at %s", found.Context, found.Host, context, host)
			}
			if filepath.Base("/"+found.Source) != filepath.Base("/"+c.source) {
				t.Errorf("source %q, want %q", found.Source, c.source)
			}
		})
	}
}

func TestAContextThatDoesNotExistIsNamedWithThoseThatDo(t *testing.T) {
	env := environment(t)
	env["DOCKER_CONTEXT"] = "lba"
	_, err := engine.Find(lookup(env))
	var fault *engine.ContextError
	if !errors.As(err, &fault) {
		t.Fatalf("%T: %v", err, err)
	}
	if fault.Name != "lba" || fault.Source != "DOCKER_CONTEXT" || !fault.Missing {
		t.Errorf("%+v", fault)
	}
	if want := []string{"default", "lab", "over-ssh"}; !slices.Equal(fault.Known, want) {
		t.Errorf("known %v, want %v", fault.Known, want)
	}
}

func TestAContextThatCannotBeReadIsNotCalledMissing(t *testing.T) {
	env := environment(t)
	env["DOCKER_CONTEXT"] = "lab"
	metas, err := filepath.Glob(filepath.Join(env["DOCKER_CONFIG"], "contexts", "meta", "*", "meta.json"))
	if err != nil || len(metas) != 2 {
		t.Fatal(metas, err)
	}
	for _, meta := range metas {
		if err := os.WriteFile(meta, []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err = engine.Find(lookup(env))
	var fault *engine.ContextError
	if !errors.As(err, &fault) || fault.Missing {
		t.Fatalf("%T: %v", err, err)
	}
}

func TestAnAddressThatIsNoneIsAHostError(t *testing.T) {
	for _, value := range []string{
		"unknown://x", "lab example", "tcp://invalid:port", "ssh://", "unix:///" + strings.Repeat("long/", 40),
	} {
		_, err := engine.Find(lookup(map[string]string{"DOCKER_HOST": value, "DOCKER_CONFIG": t.TempDir()}))
		var fault *engine.HostError
		if !errors.As(err, &fault) {
			t.Errorf("%s: %T: %v", value, err, err)
		} else if fault.Value != value || fault.Source != "DOCKER_HOST" {
			t.Errorf("%s: %+v", value, fault)
		}
	}
}

func TestMissingTLSFilesAreATLSError(t *testing.T) {
	dir := t.TempDir()
	_, err := engine.Find(lookup(map[string]string{
		"DOCKER_HOST": "tcp://127.0.0.1:2376", "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": dir, "DOCKER_CONFIG": t.TempDir(),
	}))
	var fault *engine.TLSError
	if !errors.As(err, &fault) || fault.Dir != dir {
		t.Fatalf("%T: %v", err, err)
	}
}

func TestTheBasePathIsThatOfTheAddress(t *testing.T) {
	for host, want := range map[string]string{
		"unix:///run/x.sock": "", "tcp://127.0.0.1:2375": "", "tcp://127.0.0.1:80/engine": "/engine",
	} {
		found, err := engine.Find(lookup(map[string]string{"DOCKER_HOST": host, "DOCKER_CONFIG": t.TempDir()}))
		if err != nil {
			t.Fatal(err)
		}
		if got := found.BasePath(); got != want {
			t.Errorf("%s: %q, want %q", host, got, want)
		}
	}
}
