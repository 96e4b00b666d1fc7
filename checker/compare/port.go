package compare

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/docker/go-connections/nat"

	"kihon/checker"
)

// binding is one host port that was asked for, as -p says it.
type binding struct {
	inside nat.Port // "80/tcp"
	hostIP string
	host   string // "" when the engine is to choose
}

func (b binding) String() string {
	host := b.host
	if host == "" {
		host = "?"
	}
	if b.hostIP != "" {
		host = b.hostIP + ":" + host
	}
	return fmt.Sprintf("%s->%s", host, b.inside)
}

// bindings returns what was asked for at creation, in a stable order.
func bindings(c *checker.Container) []binding {
	if c == nil || c.ContainerJSONBase == nil || c.HostConfig == nil {
		return nil
	}
	var out []binding
	for port, list := range c.HostConfig.PortBindings {
		for _, b := range list {
			host := b.HostPort
			if host == "0" {
				host = ""
			}
			out = append(out, binding{inside: port, hostIP: b.HostIP, host: host})
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].String() < out[j].String() })
	return out
}

func insidePort(f *checker.PortFact) nat.Port {
	protocol := f.Protocol
	if protocol == "" {
		protocol = "tcp"
	}
	return nat.Port(fmt.Sprintf("%d/%s", f.Inside, protocol))
}

// portHolds looks at what the engine has bound, so that a port which the
// engine chose by itself counts when it is the demanded one.
func portHolds(f *checker.PortFact, c *checker.Container) (bool, string) {
	if !running(c) || c.Maker == "" || c.NetworkSettings == nil {
		return false, ""
	}
	for _, b := range c.NetworkSettings.Ports[insidePort(f)] {
		if b.HostPort == strconv.Itoa(f.Host) {
			return true, fmt.Sprintf("%d->%s", f.Host, insidePort(f))
		}
	}
	return false, ""
}

// explainPort says why the demanded host port does not lead to the demanded
// port inside of a container that runs.
func explainPort(f *checker.PortFact, c *checker.Container, task checker.Task, snap *checker.Snapshot) checker.Finding {
	found := about(checker.PortNotPublished, c)
	found.Wanted = fmt.Sprintf("%d->%s", f.Host, insidePort(f))
	found.Args["host_port"] = strconv.Itoa(f.Host)
	found.Args["container_port"] = strconv.Itoa(f.Inside)
	found.Commands = remake(c, task)
	all := bindings(c)
	var texts []string
	for _, b := range all {
		texts = append(texts, b.String())
	}
	found.Found = strings.Join(texts, ", ")
	if len(all) == 0 {
		if c.HostConfig != nil && c.HostConfig.PublishAllPorts {
			return randomPort(found, f, c)
		}
		found.Found = "not published"
		return found
	}
	declared := snap.Clues.ExposedPorts[c.Image]
	for _, b := range all {
		number := b.inside.Port()
		switch {
		case f.Host != f.Inside && number == strconv.Itoa(f.Host) && b.host == strconv.Itoa(f.Inside) && !slices.Contains(declared, string(b.inside)):
			found.Code, found.Found = checker.PortReversed, b.String()
			return found
		case b.inside == insidePort(f) && b.host == "":
			return randomPort(found, f, c)
		}
	}
	for _, b := range all {
		if b.host == strconv.Itoa(f.Host) {
			found.Code, found.Found = checker.PortWrongContainerPort, b.String()
			found.Args["found_port"] = string(b.inside)
			return found
		}
	}
	for _, b := range all {
		if b.inside == insidePort(f) {
			found.Code, found.Found = checker.PortWrongHostPort, b.String()
			found.Args["found_port"] = b.host
			return found
		}
	}
	// Neither side fits. The other way round with one number off is still
	// the other way round: the image's own port stands on the left.
	for _, b := range all {
		if f.Host != f.Inside && b.host == strconv.Itoa(f.Inside) && !slices.Contains(declared, string(b.inside)) {
			found.Code, found.Found = checker.PortReversed, b.String()
			return found
		}
	}
	found.Code = checker.PortWrongContainerPort
	found.Args["found_port"] = string(all[0].inside)
	return found
}

func randomPort(found checker.Finding, f *checker.PortFact, c *checker.Container) checker.Finding {
	found.Code = checker.PortRandomHostPort
	chosen := "?"
	if c.NetworkSettings != nil {
		for _, b := range c.NetworkSettings.Ports[insidePort(f)] {
			chosen = b.HostPort
		}
	}
	found.Found = fmt.Sprintf("%s->%s", chosen, insidePort(f))
	found.Args["found_port"] = chosen
	return found
}
