// Package stage sets the scene: it makes the starting state of an exercise on
// the engine and takes it away again.
//
// What it makes carries the labels of this home with the actor "kihon" and is
// written to the journal under that actor, so that nothing of it is taken for
// the learner's work. It never touches an object of somebody else.
package stage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/go-connections/nat"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"kihon/sandbox/journal"
)

// Engine is what setting the scene asks of the Docker Engine.
type Engine interface {
	ContainerCreate(ctx context.Context, config *container.Config, host *container.HostConfig, net *network.NetworkingConfig, platform *ocispec.Platform, name string) (container.CreateResponse, error)
	ContainerStart(ctx context.Context, id string, options container.StartOptions) error
	ContainerStop(ctx context.Context, id string, options container.StopOptions) error
	ContainerKill(ctx context.Context, id, signal string) error
	ContainerRemove(ctx context.Context, id string, options container.RemoveOptions) error
	ContainerInspect(ctx context.Context, id string) (container.InspectResponse, error)
	ContainerLogs(ctx context.Context, id string, options container.LogsOptions) (io.ReadCloser, error)
	InspectImage(ctx context.Context, reference string) (image.InspectResponse, error)
}

// Owners says whose an object is: the entry that created it, by its full ID.
type Owners interface {
	Owner(ctx context.Context, object, id string) (journal.Entry, bool, error)
}

// Stage is where the exercises of one home are set. It is safe for use by
// several goroutines.
type Stage struct {
	Engine  Engine
	Journal journal.Journal
	Owners  Owners
	HomeID  string
}

// Container is a container of a starting state.
type Container struct {
	Name, Image string
	// State is running or exited.
	State string
	// Ports are written HOST:INSIDE.
	Ports []string
}

// ErrNameTaken says that somebody else's container has the name.
var ErrNameTaken = errors.New("the name belongs to a container of somebody else")

// Maker says through whose hand of this home c was made: journal.Learner or
// journal.Kihon, and "" when it is not of this home. The journal knows what
// was made; the label is its copy for what a crash kept from being written. An
// image that the learner made from a container hands the label on to every
// container made of it, also outside the sandbox, so then it proves nothing.
func (s *Stage) Maker(ctx context.Context, c container.InspectResponse) (journal.Actor, error) {
	entry, known, err := s.Owners.Owner(ctx, "container", c.ID)
	if err != nil {
		return "", err
	}
	if known {
		return entry.Actor, nil
	}
	if c.Config == nil || c.Config.Labels[journal.LabelHome] != s.HomeID {
		return "", nil
	}
	img, err := s.Engine.InspectImage(ctx, c.Image)
	if err != nil && !errdefs.IsNotFound(err) {
		return "", fmt.Errorf("inspecting image %.19s: %w", c.Image, err)
	}
	if err == nil && img.Config != nil && img.Config.Labels[journal.LabelHome] == s.HomeID {
		return "", nil
	}
	return journal.Actor(c.Config.Labels[journal.LabelActor]), nil
}

// Make makes sure of a container. One of this home that is there already is
// used as it is, but for being started when it should run. It reports whether
// it changed anything.
func (s *Stage) Make(ctx context.Context, want Container) (bool, error) {
	have, err := s.Engine.ContainerInspect(ctx, want.Name)
	if err == nil && have.Name == "/"+want.Name {
		return s.use(ctx, want, have)
	}
	if err != nil && !errdefs.IsNotFound(err) {
		return false, fmt.Errorf("looking for container %s: %w", want.Name, err)
	}
	exposed, bindings, err := nat.ParsePortSpecs(want.Ports)
	if err != nil {
		return false, fmt.Errorf("ports of container %s: %w", want.Name, err)
	}
	config := &container.Config{
		Image: want.Image, ExposedPorts: exposed,
		Labels: map[string]string{journal.LabelHome: s.HomeID, journal.LabelActor: string(journal.Kihon)},
	}
	made, err := s.Engine.ContainerCreate(ctx, config, &container.HostConfig{PortBindings: bindings}, nil, nil, want.Name)
	if err != nil {
		return false, fmt.Errorf("making container %s: %w", want.Name, err)
	}
	if err := s.note(ctx, "create", made.ID, want); err != nil {
		return false, err
	}
	if err := s.do(ctx, "start", made.ID, want); err != nil {
		return true, err
	}
	s.awaitFirstWord(ctx, made.ID)
	if want.State == "exited" {
		return true, s.do(ctx, "stop", made.ID, want)
	}
	return true, nil
}

// firstWord is how long a program gets to say something.
const firstWord = 2 * time.Second

// awaitFirstWord waits until the program has written its first line. A server
// that is asked to stop before it has got that far does not hear it: Apache's
// stop signal, SIGWINCH, is ignored by default, and the engine would wait ten
// seconds and kill it. A program that says nothing is given up soon.
func (s *Stage) awaitFirstWord(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(ctx, firstWord)
	defer cancel()
	stream, err := s.Engine.ContainerLogs(ctx, id, container.LogsOptions{ShowStdout: true, ShowStderr: true, Follow: true})
	if err != nil {
		return
	}
	defer stream.Close()
	_, _ = io.ReadFull(stream, make([]byte, 1))
}

func (s *Stage) use(ctx context.Context, want Container, have container.InspectResponse) (bool, error) {
	maker, err := s.Maker(ctx, have)
	if err != nil {
		return false, err
	}
	if maker == "" {
		return false, fmt.Errorf("container %s: %w", want.Name, ErrNameTaken)
	}
	if want.State != "running" || have.State.Running {
		return false, nil
	}
	return true, s.do(ctx, "start", have.ID, want)
}

// Remove removes the containers of this home that have these names, with
// their anonymous volumes, and returns the names of those it removed.
func (s *Stage) Remove(ctx context.Context, names []string) ([]string, error) {
	var removed []string
	for _, name := range names {
		have, err := s.Engine.ContainerInspect(ctx, name)
		if errdefs.IsNotFound(err) || err == nil && have.Name != "/"+name {
			continue
		}
		if err != nil {
			return removed, fmt.Errorf("looking for container %s: %w", name, err)
		}
		maker, err := s.Maker(ctx, have)
		if err != nil {
			return removed, err
		}
		if maker == "" {
			continue
		}
		if err := s.do(ctx, "destroy", have.ID, Container{Name: name, Image: have.Config.Image}); err != nil {
			return removed, err
		}
		removed = append(removed, name)
	}
	return removed, nil
}

// do takes one step with a container and writes it down.
func (s *Stage) do(ctx context.Context, action, id string, about Container) error {
	var err error
	switch action {
	case "start":
		err = s.Engine.ContainerStart(ctx, id, container.StartOptions{})
	case "stop":
		err = s.stop(ctx, id)
	case "destroy":
		err = s.Engine.ContainerRemove(ctx, id, container.RemoveOptions{Force: true, RemoveVolumes: true})
		if errdefs.IsNotFound(err) {
			err = nil
		}
	}
	if err != nil {
		return fmt.Errorf("%s of container %s: %w", action, about.Name, err)
	}
	return s.note(ctx, action, id, about)
}

const (
	// stopPatience is how long a program may take to end by itself, and
	// stopPause how long until it is asked again.
	stopPatience = 10 * time.Second
	stopPause    = 100 * time.Millisecond
)

// stop asks the program to end, again and again. One that has only just begun
// does not hear the first time: Apache's stop signal, SIGWINCH, is ignored
// until its handlers stand, and that is after its first line in the log.
func (s *Stage) stop(ctx context.Context, id string) error {
	c, err := s.Engine.ContainerInspect(ctx, id)
	if err != nil {
		return err
	}
	signal := "SIGTERM"
	if c.Config != nil && c.Config.StopSignal != "" {
		signal = c.Config.StopSignal
	}
	for until := time.Now().Add(stopPatience); time.Now().Before(until); {
		err := s.Engine.ContainerKill(ctx, id, signal)
		if errdefs.IsConflict(err) {
			return nil // it is not running any more
		}
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(stopPause):
		}
	}
	return s.Engine.ContainerStop(ctx, id, container.StopOptions{})
}

func (s *Stage) note(ctx context.Context, action, id string, about Container) error {
	_, err := s.Journal.Append(ctx, journal.Entry{
		Time: time.Now(), Actor: journal.Kihon, Source: journal.Call, Object: "container",
		Action: action, ID: id, Name: about.Name, Image: about.Image, Status: http.StatusOK,
	})
	if err != nil {
		return fmt.Errorf("writing down %s of container %s: %w", action, about.Name, err)
	}
	return nil
}
