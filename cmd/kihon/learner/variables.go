package learner

import (
	"context"
	crand "crypto/rand"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"

	"kihon/checker/outage"
	"kihon/lessons"
	"kihon/store"
)

// firstFreePort is where the search for another host port begins.
const firstFreePort = 18080

// words are what a word variable is drawn from: short, easy to type, and not
// in any start page.
var words = []string{
	"sakura", "momiji", "tsubaki", "ajisai", "himawari", "asagao", "kikyo", "yuri",
	"suzume", "tsubame", "hotaru", "kumo", "hoshi", "tsuki", "nami", "kaze",
}

// variables returns the kept variables of the exercise, drawing them first if
// there are none yet. What set names is taken as it is.
func (l *Learner) variables(ctx context.Context, lesson *lessons.Lesson, short string, set map[string]string) (map[string]store.Variable, error) {
	id := lesson.FullID(short)
	attempt, err := l.Store.Attempt(ctx, id)
	if err != nil {
		return nil, err
	}
	if attempt.Variables != nil {
		return attempt.Variables, nil
	}
	// An engine that hangs must not hang us.
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	shared, err := l.sharedValues(ctx, lesson.ID)
	if err != nil {
		return nil, err
	}
	drawn := map[string]store.Variable{}
	used := map[string]bool{} // no value twice in one exercise
	for _, value := range set {
		used[value] = true
	}
	for _, name := range lesson.Uses(short) {
		v := lesson.Variables[name]
		value, fixed := set[name]
		if !fixed {
			if value, err = l.draw(ctx, v, shared[name], used); err != nil {
				return nil, fmt.Errorf("choosing %s for %s: %w", name, id, err)
			}
		}
		used[value] = true
		drawn[name] = store.Variable{Value: value, Default: v.Default}
	}
	return l.Store.KeepVariables(ctx, id, drawn)
}

// sharedValues are what the lesson's other exercises have kept: one lesson has
// one web server on one port.
func (l *Learner) sharedValues(ctx context.Context, lesson string) (map[string]string, error) {
	kept, err := l.Store.VariablesOfLesson(ctx, lesson)
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	ids := make([]string, 0, len(kept))
	for id := range kept {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	for _, id := range ids {
		for name, v := range kept[id] {
			values[name] = v.Value
		}
	}
	return values, nil
}

// draw chooses a value: a word at random, for the rest the one another
// exercise of the lesson has, else the default, else the next that is free.
func (l *Learner) draw(ctx context.Context, v lessons.Variable, shared string, used map[string]bool) (string, error) {
	if v.Kind == lessons.WordKind {
		return words[rand.IntN(len(words))], nil
	}
	candidates := []string{v.Default}
	if l.Crowded {
		candidates = nil
	}
	if shared != "" && shared != v.Default {
		candidates = []string{shared, v.Default}
	}
	free := l.nameFree
	if v.Kind == lessons.PortKind {
		free = l.portFree
		first := firstFreePort
		if l.Crowded {
			first += 1000 + rand.IntN(9000)
		}
		for port := first; port < first+1000; port++ {
			candidates = append(candidates, strconv.Itoa(port))
		}
	} else {
		if l.Crowded {
			candidates = append(candidates, fmt.Sprintf("%s-%s", v.Default, strings.ToLower(crand.Text()[:6])))
		}
		for n := 2; n < 1000; n++ {
			candidates = append(candidates, fmt.Sprintf("%s-%d", v.Default, n))
		}
	}
	for _, candidate := range candidates {
		if used[candidate] {
			continue
		}
		ok, err := free(ctx, candidate)
		if err != nil {
			return "", err
		}
		if ok {
			return candidate, nil
		}
	}
	return "", fmt.Errorf("none of %d values is free, the last tried was %s", len(candidates), candidates[len(candidates)-1])
}

// nameFree reports whether nobody else's container has the name.
func (l *Learner) nameFree(ctx context.Context, name string) (bool, error) {
	c, err := l.Engine.ContainerInspect(ctx, name)
	if errdefs.IsNotFound(err) || err == nil && c.Name != "/"+name {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("looking for container %s: %w", name, err)
	}
	maker, err := l.Stage().Maker(ctx, c)
	return maker != "", err
}

// portFree reports whether nobody else holds the host port: no container of
// somebody else's, and no program of this computer.
func (l *Learner) portFree(ctx context.Context, port string) (bool, error) {
	number, err := strconv.Atoi(port)
	if err != nil {
		return false, err
	}
	list, err := l.Engine.ContainerList(ctx, container.ListOptions{})
	if err != nil {
		return false, fmt.Errorf("listing containers: %w", err)
	}
	for _, summary := range list {
		for _, p := range summary.Ports {
			if int(p.PublicPort) != number {
				continue
			}
			c, err := l.Engine.ContainerInspect(ctx, summary.ID)
			if errdefs.IsNotFound(err) {
				continue
			}
			if err != nil {
				return false, fmt.Errorf("inspecting container %.12s: %w", summary.ID, err)
			}
			maker, err := l.Stage().Maker(ctx, c)
			return maker != "", err
		}
	}
	return !taken(ctx, port), nil
}

// taken reports whether a program of this computer listens on the port, on all
// addresses or on the one that a browser here uses.
func taken(ctx context.Context, port string) bool {
	var config net.ListenConfig
	for _, at := range []struct{ network, host string }{{"tcp4", "127.0.0.1"}, {"tcp4", ""}, {"tcp6", "::1"}, {"tcp6", "::"}} {
		listener, err := config.Listen(ctx, at.network, net.JoinHostPort(at.host, port))
		if err == nil {
			listener.Close()
			continue
		}
		// A computer without IPv6, or a port below 1024, cannot be tried.
		if errors.Is(err, syscall.EADDRINUSE) || runtime.GOOS == "windows" && at.network == "tcp4" {
			return true
		}
	}
	return false
}

// LessonText returns the replacement for the lesson's own text: the values
// that its exercises have.
func (l *Learner) LessonText(ctx context.Context, lesson *lessons.Lesson) (func(string) string, error) {
	values := map[string]string{}
	if l.Engine == nil {
		return func(text string) string { return text }, nil
	}
	for i := len(lesson.Exercises) - 1; i >= 0; i-- {
		kept, err := l.variables(ctx, lesson, lesson.Exercises[i].ID, nil)
		if outage.Is(err) {
			// No engine can say what is free: the text is as it is written.
			return func(text string) string { return text }, nil
		}
		if err != nil {
			return nil, err
		}
		for name, v := range kept {
			values[name] = v.Value
		}
	}
	return func(text string) string { return lesson.Replace(text, values) }, nil
}
