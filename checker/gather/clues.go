package gather

import (
	"context"
	"fmt"
	"io"
	"sort"
	"strings"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/mount"
	"github.com/docker/docker/pkg/stdcopy"

	"kihon/checker"
)

// lastLines is how many lines of a program that ended are kept.
const lastLines = 5

// Clues gathers what may explain a check that does not hold, into snap.
func Clues(ctx context.Context, w World, task checker.Task, snap *checker.Snapshot) error {
	clues := &checker.Clues{Logs: map[string][]string{}, ExposedPorts: map[string][]string{}, EmptyMounts: map[string][]string{}}
	if !needsEngine(task) {
		snap.Clues = clues
		return nil
	}
	list, err := w.Engine.ContainerList(ctx, container.ListOptions{All: true, Filters: w.Mine})
	if err != nil {
		return fmt.Errorf("listing containers: %w", err)
	}
	for _, summary := range list {
		c, err := w.Engine.ContainerInspect(ctx, summary.ID)
		if errdefs.IsNotFound(err) {
			continue // it went away in between
		}
		if err != nil {
			return fmt.Errorf("inspecting container %.12s: %w", summary.ID, err)
		}
		maker, err := w.History.Maker(ctx, c)
		if err != nil {
			return fmt.Errorf("looking up who made container %.12s: %w", summary.ID, err)
		}
		if maker != "" {
			clues.Mine = append(clues.Mine, &checker.Container{InspectResponse: c, Maker: maker})
		}
	}
	sort.SliceStable(clues.Mine, func(i, j int) bool { return clues.Mine[i].MadeAt().After(clues.Mine[j].MadeAt()) })
	for _, c := range clues.Mine {
		if err := aboutContainer(ctx, w.Engine, clues, c); err != nil {
			return err
		}
	}
	for _, name := range task.Start {
		c, err := w.Engine.ContainerInspect(ctx, name)
		switch {
		case errdefs.IsNotFound(err):
			clues.StartMissing = append(clues.StartMissing, name)
		case err != nil:
			return fmt.Errorf("inspecting container %s: %w", name, err)
		case c.Name != "/"+name:
			clues.StartMissing = append(clues.StartMissing, name)
		}
	}
	snap.Clues = clues
	return nil
}

// needsEngine reports whether the task is about anything on the engine: a quiz
// is not.
func needsEngine(task checker.Task) bool {
	quiz := len(task.Checks) > 0 && len(task.Start) == 0
	for _, c := range task.Checks {
		quiz = quiz && c.Answer != nil && c.Answer.ContainerID == ""
	}
	return !quiz
}

func aboutContainer(ctx context.Context, engine Engine, clues *checker.Clues, c *checker.Container) error {
	if _, known := clues.ExposedPorts[c.Image]; !known {
		img, err := engine.InspectImage(ctx, c.Image)
		if err != nil && !errdefs.IsNotFound(err) {
			return fmt.Errorf("inspecting the image of container %.12s: %w", c.ID, err)
		}
		ports := []string{}
		if err == nil && img.Config != nil {
			for port := range img.Config.ExposedPorts {
				ports = append(ports, string(port))
			}
		}
		sort.Strings(ports)
		clues.ExposedPorts[c.Image] = ports
	}
	for _, m := range c.Mounts {
		if m.Type != mount.TypeBind {
			continue
		}
		empty, err := emptyFolder(ctx, engine, c.ID, m.Destination)
		if err != nil {
			return err
		}
		if empty {
			clues.EmptyMounts[c.ID] = append(clues.EmptyMounts[c.ID], m.Destination)
		}
	}
	if c.State == nil || c.State.Status != container.StateExited && c.State.Status != container.StateRestarting {
		return nil
	}
	lines, err := tail(ctx, engine, c)
	if err != nil {
		return fmt.Errorf("reading the log of container %.12s: %w", c.ID, err)
	}
	clues.Logs[c.ID] = lines
	return nil
}

// tail returns the last lines a container wrote, cleaned of what could steer a
// terminal. A log that cannot be read (another log driver) is no lines.
func tail(ctx context.Context, engine Engine, c *checker.Container) ([]string, error) {
	body, err := engine.ContainerLogs(ctx, c.ID, container.LogsOptions{ShowStdout: true, ShowStderr: true, Tail: fmt.Sprint(lastLines)})
	if err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		return nil, nil
	}
	defer body.Close()
	out := &tailWriter{keep: 16 << 10}
	source := io.LimitReader(body, maxFile)
	if c.Config != nil && c.Config.Tty {
		_, _ = io.Copy(out, source)
	} else {
		_, _ = stdcopy.StdCopy(out, out, source)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var lines []string
	for line := range strings.SplitSeq(string(out.bytes), "\n") {
		if line = strings.TrimSpace(checker.Clean(line)); line != "" {
			lines = append(lines, line)
		}
	}
	if len(lines) > lastLines {
		lines = lines[len(lines)-lastLines:]
	}
	return lines, nil
}

// tailWriter keeps the last bytes that are written to it.
type tailWriter struct {
	bytes []byte
	keep  int
}

func (t *tailWriter) Write(p []byte) (int, error) {
	t.bytes = append(t.bytes, p...)
	if over := len(t.bytes) - t.keep; over > 0 {
		t.bytes = append(t.bytes[:0], t.bytes[over:]...)
	}
	return len(p), nil
}
