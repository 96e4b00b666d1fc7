package compare

import (
	"fmt"
	"strings"

	"kihon/checker"
)

// remake is the advice to throw a container away and make it rightly.
func remake(c *checker.Container, task checker.Task) []string {
	return remakeAs(c.ShortName(), c, task)
}

// remakeAs removes old, when there is one, and makes the container called name
// as the checks demand it. Where the checks say too little to make it (no
// image), the lesson's own solution is the advice.
func remakeAs(name string, old *checker.Container, task checker.Task) []string {
	run := runLine(name, task)
	if run == "" {
		if len(task.Start) > 0 {
			return reset(task)
		}
		return nil
	}
	if old == nil {
		return []string{run}
	}
	return []string{"docker rm -f " + old.ShortName(), run}
}

// runLine is the docker run that makes what the checks demand of name.
func runLine(name string, task checker.Task) string {
	image := ""
	var options []string
	for _, c := range task.Checks {
		switch {
		case c.Container != nil && c.Container.Name == name && c.Container.Image != "":
			image = c.Container.Image
		case c.Port != nil && c.Port.Container == name:
			option := fmt.Sprintf("-p %d:%d", c.Port.Host, c.Port.Inside)
			if c.Port.Protocol == "udp" {
				option += "/udp"
			}
			options = append(options, option)
		}
	}
	if image == "" {
		return ""
	}
	return strings.Join(append(append([]string{"docker run --name", name, "-d"}, options...), image), " ")
}
