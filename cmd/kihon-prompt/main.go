// Command kihon-prompt asks the live session what the learner should read
// before the next prompt. The shell of a session runs it; it is a program of
// its own because `kihon` would take many times as long to start.
package main

import (
	"os"

	"kihon/sandbox/shell/hook"
)

func main() {
	os.Exit(hook.Main(os.Args[1:], os.Getenv, os.Stdout))
}
