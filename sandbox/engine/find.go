package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sort"

	dcontext "github.com/docker/cli/cli/context"
	"github.com/docker/cli/cli/context/docker"
	"github.com/docker/cli/cli/context/store"
	"github.com/docker/cli/opts"
	"github.com/docker/docker/client"
)

// DefaultContext is the Docker CLI's name for "no context": the engine that
// DOCKER_HOST names, or the platform's default socket.
const DefaultContext = "default"

// Endpoint is where an engine answers. It is a value that Find makes; the
// zero Endpoint is of no use.
type Endpoint struct {
	// Host is the engine's address as the Docker CLI prints it:
	// unix:///var/run/docker.sock, tcp://HOST:PORT, ssh://USER@HOST.
	Host string
	// Context is the Docker context it came from; "default" when none.
	Context string
	// Source tells what decided: the name of an environment variable, the
	// path of the CLI's configuration file, or "" for the built-in default.
	Source string

	endpoint docker.Endpoint
	dialer   func(context.Context) (net.Conn, error)
}

// ContextError says that the chosen Docker context cannot be used.
type ContextError struct {
	// Name is the context asked for.
	Name string
	// Source is what asked for it: DOCKER_CONTEXT or a configuration file's path.
	Source string
	// Known are the names of the contexts that do exist, sorted, with "default".
	Known []string
	// Missing is true when there is no context of that name, and false when
	// it is there but cannot be read.
	Missing bool
	Err     error
}

func (e *ContextError) Error() string {
	return fmt.Sprintf("docker context %q (from %s): %v", e.Name, e.Source, e.Err)
}

func (e *ContextError) Unwrap() error { return e.Err }

// HostError says that an engine's address is not one.
type HostError struct {
	// Value is the address as it was given.
	Value string
	// Source is DOCKER_HOST, or the context that holds it.
	Source string
	Err    error
}

func (e *HostError) Error() string {
	return fmt.Sprintf("engine address %q (from %s): %v", e.Value, e.Source, e.Err)
}

func (e *HostError) Unwrap() error { return e.Err }

// TLSError says that the files for an encrypted connection cannot be read.
type TLSError struct {
	// Dir is the directory that was searched: DOCKER_CERT_PATH or the CLI's own.
	Dir string
	Err error
}

func (e *TLSError) Error() string {
	return fmt.Sprintf("TLS files in %s: %v", e.Dir, e.Err)
}

func (e *TLSError) Unwrap() error { return e.Err }

// Find returns the engine that a docker command with this environment would
// use. It reads files, and asks no engine. Its errors are *ContextError,
// *HostError and *TLSError.
func Find(getenv func(string) string) (Endpoint, error) {
	config := configDir(getenv)
	name, source := contextName(getenv, config)
	if name == DefaultContext {
		return defaultEndpoint(getenv, config, source)
	}
	return contextEndpoint(config, name, source)
}

// contextName gives the context to use and what named it.
func contextName(getenv func(string) string, config string) (name, source string) {
	if getenv("DOCKER_HOST") != "" {
		return DefaultContext, "DOCKER_HOST"
	}
	if name := getenv("DOCKER_CONTEXT"); name != "" {
		return name, "DOCKER_CONTEXT"
	}
	file := filepath.Join(config, "config.json")
	// The CLI prints a warning about a file that it cannot read and goes on
	// without it; so do we, silently, as it warns at each docker command.
	if name := currentContext(file); name != "" {
		return name, file
	}
	return DefaultContext, ""
}

// currentContext reads one key of the CLI's configuration file; "" when the
// file or the key is not there. The rest of the file is the learner's secrets.
func currentContext(file string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	var config struct {
		CurrentContext string `json:"currentContext"`
	}
	if json.Unmarshal(text, &config) != nil {
		return ""
	}
	return config.CurrentContext
}

func configDir(getenv func(string) string) string {
	if dir := getenv("DOCKER_CONFIG"); dir != "" {
		return dir
	}
	home := getenv("HOME")
	if home == "" {
		home, _ = os.UserHomeDir()
	}
	return filepath.Join(home, ".docker")
}

func defaultEndpoint(getenv func(string) string, config, source string) (Endpoint, error) {
	verify := getenv("DOCKER_TLS_VERIFY") != ""
	encrypted := verify || getenv("DOCKER_TLS") != ""
	host, err := opts.ParseHost(encrypted, getenv("DOCKER_HOST"))
	if err != nil {
		return Endpoint{}, &HostError{Value: getenv("DOCKER_HOST"), Source: "DOCKER_HOST", Err: err}
	}
	found := Endpoint{Host: host, Context: DefaultContext, Source: source}
	found.endpoint.Host = host
	if !encrypted {
		return prepared(found)
	}

	dir := getenv("DOCKER_CERT_PATH")
	if dir == "" {
		dir = config
	}
	found.endpoint.SkipTLSVerify = !verify
	// A client certificate is optional, a certificate authority is not:
	// that is how the CLI reads this directory.
	found.endpoint.TLSData, err = dcontext.TLSDataFromFiles(
		filepath.Join(dir, "ca.pem"), ifThere(dir, "cert.pem"), ifThere(dir, "key.pem"))
	if err != nil {
		return Endpoint{}, &TLSError{Dir: dir, Err: err}
	}
	return prepared(found)
}

func ifThere(dir, name string) string {
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	return path
}

func contextEndpoint(config, name, source string) (Endpoint, error) {
	contexts := store.New(filepath.Join(config, "contexts"), store.NewConfig(
		func() any { return &struct{}{} },
		store.EndpointTypeGetter(docker.DockerEndpoint, func() any { return &docker.EndpointMeta{} }),
	))
	fault := func(err error) error {
		return &ContextError{
			Name: name, Source: source, Known: known(contexts), Missing: errors.Is(err, fs.ErrNotExist), Err: err,
		}
	}
	metadata, err := contexts.GetMetadata(name)
	if err != nil {
		return Endpoint{}, fault(err)
	}
	meta, err := docker.EndpointFromContext(metadata)
	if err != nil {
		return Endpoint{}, fault(err)
	}
	endpoint, err := docker.WithTLSData(contexts, name, meta)
	if err != nil {
		return Endpoint{}, fault(err)
	}
	if endpoint.Host == "" {
		// The CLI falls back to the platform's default here.
		endpoint.Host = client.DefaultDockerHost
	}
	found := Endpoint{Host: endpoint.Host, Context: name, Source: source, endpoint: endpoint}
	return prepared(found)
}

func known(contexts store.Lister) []string {
	names, _ := store.Names(contexts)
	names = append(names, DefaultContext)
	sort.Strings(names)
	return names
}
