//go:build unix

package guard_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"kihon/sandbox/engine"
	"kihon/sandbox/guard"
	"kihon/sandbox/journal"
)

// BenchmarkGuard compares each thing direct and guarded, in turn, so that a
// busy machine is unfair to both. It reports medians in milliseconds.
func BenchmarkGuard(b *testing.B) {
	found, err := engine.Find(os.Getenv)
	if err != nil {
		b.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "kt")
	if err != nil {
		b.Fatal(err)
	}
	defer os.RemoveAll(dir)
	l, socket, err := guard.Listen(dir)
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		guard.New(guard.Config{Dial: found.Dial, Journal: &journal.Memory{}, HomeID: "bench"}).Serve(ctx, l)
		close(ended)
	}()
	defer func() {
		cancel()
		<-ended
	}()
	through := func(ctx context.Context) (net.Conn, error) { return new(net.Dialer).DialContext(ctx, "unix", socket) }

	b.Run("ping", func(b *testing.B) {
		direct, guarded := clientOf(found.Dial), clientOf(through)
		compare(b, func() error { return ping(direct) }, func() error { return ping(guarded) })
	})
	b.Run("ps", func(b *testing.B) {
		compare(b,
			func() error { return exec.Command("docker", "-H", found.Host, "ps").Run() },
			func() error { return exec.Command("docker", "-H", "unix://"+socket, "ps").Run() })
	})
	b.Run("create", func(b *testing.B) {
		var made []string
		defer func() { exec.Command("docker", append([]string{"-H", found.Host, "rm"}, made...)...).Run() }()
		create := func(host string) error {
			out, err := exec.Command("docker", "-H", host, "create", busybox).Output()
			made = append(made, strings.TrimSpace(string(out)))
			return err
		}
		compare(b, func() error { return create(found.Host) }, func() error { return create("unix://" + socket) })
	})
}

func clientOf(dial func(context.Context) (net.Conn, error)) *http.Client {
	return &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx) },
	}}
}

func ping(c *http.Client) error {
	res, err := c.Get("http://docker/_ping")
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return err
}

func compare(b *testing.B, direct, guarded func() error) {
	var times [2][]float64
	for b.Loop() {
		for i, do := range []func() error{direct, guarded} {
			began := time.Now()
			if err := do(); err != nil {
				b.Fatal(err)
			}
			times[i] = append(times[i], float64(time.Since(began).Nanoseconds())/1e6)
		}
	}
	for i, name := range []string{"direct-ms", "guarded-ms"} {
		slices.Sort(times[i])
		b.ReportMetric(times[i][len(times[i])/2], name)
	}
}
