package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"kihon/cmd/kihon/learner"
	"kihon/sandbox/guard"
	"kihon/sandbox/journal"
)

// sandbox is an open guard of this process.
type sandbox struct {
	// host is the DOCKER_HOST of what runs inside.
	host  string
	dir   string
	stop  context.CancelFunc
	done  sync.WaitGroup
	err   error
	proxy *guard.Guard
}

// openSandbox starts a guard between this home's learner and the engine.
// notify is told of every changing call, from several goroutines; it may be nil.
func (a *app) openSandbox(ctx context.Context, l *learner.Learner, notify func(journal.Entry)) (*sandbox, error) {
	s := &sandbox{dir: guard.Dir(a.getenv, a.paths.Home)}
	listener, path, err := guard.Listen(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		// Another kihon of this home has just ended and taken the directory away.
		listener, path, err = guard.Listen(s.dir)
	}
	if err != nil {
		return nil, err
	}
	ctx, s.stop = context.WithCancel(ctx)
	s.host = "unix://" + path
	s.proxy = guard.New(guard.Config{
		Dial: l.Engine.Endpoint.Dial, Engine: l.Engine.Endpoint.Host, BasePath: l.Engine.Endpoint.BasePath(),
		Journal: l.Store, HomeID: l.Store.HomeID(), Notify: notify,
	})
	s.done.Go(func() { s.err = s.proxy.Serve(ctx, listener) })
	return s, nil
}

func (s *sandbox) close() error {
	s.stop()
	s.done.Wait()
	// Only when nobody else's socket is in it does this succeed.
	_ = os.Remove(s.dir)
	if errors.Is(s.err, net.ErrClosed) || errors.Is(s.err, context.Canceled) {
		return nil
	}
	return s.err
}

// environment is the caller's, with the guard as the engine and with nothing
// in it that would lead the docker command past it.
func (a *app) environment(host, session string) []string {
	var out []string
	for _, pair := range os.Environ() {
		if !insteadOfGuard(pair) && !strings.HasPrefix(pair, "PATH=") {
			out = append(out, pair)
		}
	}
	path := a.getenv("PATH")
	if bin, err := selfDir(a.paths.Home); err == nil {
		path = bin + string(filepath.ListSeparator) + path
	}
	return append(out, "PATH="+path, "DOCKER_HOST="+host, "KIHON_SESSION="+session,
		"KIHON_HOME="+a.paths.Home, "KIHON_WORKSPACE="+a.paths.Workspace, "KIHON_LANG="+string(a.language))
}

// selfDir makes a directory in which this very program is called kihon, since
// the commands that findings and lessons give begin with that word.
func selfDir(below string) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	bin := filepath.Join(below, "bin")
	link := filepath.Join(bin, "kihon")
	if target, err := os.Readlink(link); err == nil && target == self {
		return bin, nil
	}
	if err := os.MkdirAll(bin, 0o700); err != nil {
		return "", err
	}
	fresh := fmt.Sprintf("%s.%d", link, os.Getpid())
	if err := os.Symlink(self, fresh); err != nil {
		return "", err
	}
	return bin, os.Rename(fresh, link)
}
