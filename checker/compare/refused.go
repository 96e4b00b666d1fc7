package compare

import (
	"regexp"
	"strings"

	"kihon/checker"
)

// refusal is an engine's error, understood.
type refusal struct {
	code string
	args map[string]string
}

// refusals are the engine's words for what newcomers meet, of old and new
// engines. The first that fits counts. Named groups become arguments.
var refusals = []struct {
	pattern *regexp.Regexp
	code    string
}{
	{regexp.MustCompile(`Bind for \S*:(?P<host_port>\d+) failed: port is already allocated`), checker.PortInUseByContainer},
	{regexp.MustCompile(`(?:listen|bind)\S* (?:tcp|udp)\d? ?\S*:(?P<host_port>\d+): bind: address already in use`), checker.PortInUseByProgram},
	{regexp.MustCompile(`failed to bind host port (?:for )?(?:\[[^\]]*\]|[^\s:\[]*):(?P<host_port>\d+)\S*: address already in use`), checker.PortInUseByProgram},
	{regexp.MustCompile(`container name "/?(?P<name>[^"]+)" is already in use`), checker.ContainerNameInUse},
	{regexp.MustCompile(`network (?P<network>\S+) not found`), checker.NetworkMissing},
	{regexp.MustCompile(`not a directory: unknown: Are you trying to mount a directory onto a file`), checker.MountFileAndFolder},
	{regexp.MustCompile(`exec: "(?P<command>[^"]*)": executable file not found`), checker.ContainerCommandNotFound},
	{regexp.MustCompile(`exec: "(?P<command>[^"]*)": (?:stat [^:]*: )?no such file or directory`), checker.ContainerCommandNotFound},
	{regexp.MustCompile(`exec: "(?P<command>[^"]*)": permission denied`), checker.ContainerCommandNotExecutable},
	{regexp.MustCompile(`(?i)no such image`), checker.ImageMissing},
	{regexp.MustCompile(`(?i)no such container`), checker.ContainerMissing},
}

// refused understands an engine's error message; the code is that of a
// container that could not be started when no pattern fits.
func refused(message string) refusal {
	for _, r := range refusals {
		match := r.pattern.FindStringSubmatch(message)
		if match == nil {
			continue
		}
		args := map[string]string{}
		for i, name := range r.pattern.SubexpNames() {
			if name != "" && match[i] != "" {
				args[name] = checker.Clean(match[i])
			}
		}
		return refusal{code: r.code, args: args}
	}
	return refusal{code: checker.ContainerNotStarted}
}

// refusedPull understands the end of a pull that failed.
func refusedPull(message string) string {
	switch {
	case strings.Contains(message, "toomanyrequests"):
		return checker.ImageRateLimit
	case strings.Contains(message, "no matching manifest for"):
		return checker.ImagePlatform
	case strings.Contains(message, "manifest unknown"), strings.Contains(message, "manifest for "):
		return checker.ImageTagNotFound
	case strings.Contains(message, "access denied"), strings.Contains(message, "repository does not exist"),
		strings.Contains(message, "requested access to the resource is denied"):
		return checker.ImageNotInRegistry
	case strings.Contains(message, "dial tcp"), strings.Contains(message, "lookup "),
		strings.Contains(message, "request canceled"), strings.Contains(message, "i/o timeout"),
		strings.Contains(message, "connection refused"), strings.Contains(message, "EOF"),
		strings.Contains(message, "deadline exceeded"), strings.Contains(message, "handshake timeout"):
		return checker.ImageRegistryUnreachable
	case strings.Contains(message, "failed to resolve reference") && strings.HasSuffix(message, "not found"):
		return checker.ImageTagNotFound
	}
	return checker.ImageMissing
}
