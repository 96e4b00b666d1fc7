//go:build unix

package shell

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestNewRefusesWhatWouldNotWork(t *testing.T) {
	private := t.TempDir()
	if err := os.Chmod(private, 0o700); err != nil {
		t.Fatal(err)
	}
	open := t.TempDir()
	if err := os.Chmod(open, 0o755); err != nil {
		t.Fatal(err)
	}
	good := example
	good.Shell, good.Dir, good.RunDir = "/bin/bash", private, private
	good.Stdin, good.Stdout, good.Stderr = os.Stdin, os.Stdout, os.Stderr

	for name, change := range map[string]func(*Config){
		"a shell that is no bash":       func(c *Config) { c.Shell = "/usr/bin/zsh" },
		"a directory others can read":   func(c *Config) { c.RunDir = open },
		"a directory that is not there": func(c *Config) { c.RunDir = filepath.Join(private, "none") },
		"no hook":                       func(c *Config) { c.Hook = nil },
		"no engine":                     func(c *Config) { c.DockerHost = "" },
		"no terminal":                   func(c *Config) { c.Stdin = nil },
		"a word with a sign of bash's":  func(c *Config) { c.Words = []Word{{Name: "a;b", Command: "true"}} },
		"a word without a command":      func(c *Config) { c.Words = []Word{{Name: "hint", Command: " "}} },
		"a variable without a value":    func(c *Config) { c.Env = []string{"NAME"} },
		"a variable that is none":       func(c *Config) { c.Env = []string{"a b=c"} },
	} {
		t.Run(name, func(t *testing.T) {
			c := good
			change(&c)
			_, err := New(c)
			if err == nil {
				t.Fatal("accepted")
			}
			if unsupported := errors.Is(err, errors.ErrUnsupported); unsupported != (c.Shell != good.Shell) {
				t.Errorf("%v: unsupported %v", err, unsupported)
			}
		})
	}

	s, err := New(good)
	if err != nil {
		t.Fatal(err)
	}
	if shown, err := s.Print(t.Context(), "text"); shown || err != nil {
		t.Errorf("Print without a shell: %v, %v", shown, err)
	}
	if err := s.Remove(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(private); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestFindPrefersTheLearnersBash(t *testing.T) {
	dir := t.TempDir()
	own := filepath.Join(dir, "bash")
	if err := os.WriteFile(own, []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	for shell, want := range map[string]string{own: own, filepath.Join(dir, "none", "bash"): "", "/usr/bin/fish": "", "": ""} {
		got, err := Find(func(name string) string {
			if name == "SHELL" {
				return shell
			}
			return ""
		})
		if err != nil {
			t.Fatal(err)
		}
		if want == "" && (got == shell || filepath.Base(got) != "bash") || want != "" && got != want {
			t.Errorf("SHELL=%s: %s", shell, got)
		}
	}
}
