package shell

import (
	"slices"
	"strings"
)

// foreign are the variables that would lead the Docker CLI past DOCKER_HOST,
// or have it speak TLS to a socket; so does every one that begins with
// foreignPrefix. [docs.docker.com/reference/cli/docker/#environment-variables]
var foreign = []string{"DOCKER_CONTEXT", "DOCKER_CERT_PATH"}

const foreignPrefix = "DOCKER_TLS"

// own are the variables that hold in the shell whatever ~/.bashrc says.
func own(cfg Config) []string {
	return append([]string{
		"DOCKER_HOST=" + cfg.DockerHost,
		"KIHON_SESSION=" + cfg.SocketPath,
	}, cfg.Env...)
}

// environ is the shell's environment, made from that of this process.
func environ(cfg Config, base []string) []string {
	env := slices.DeleteFunc(slices.Clone(base), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		return slices.Contains(foreign, name) || strings.HasPrefix(name, foreignPrefix)
	})
	// exec.Cmd takes the last of several values.
	return append(env, own(cfg)...)
}
