package kit

import (
	"errors"
	"fmt"
	"strings"
)

// What a caller may react to, with errors.Is.
var (
	// ErrNoKit means that there is no kit for the course yet.
	ErrNoKit = errors.New("there is no kit")
	// ErrNeedsRoot means that the base can be made by root only; the error
	// is a *NeedsRootError.
	ErrNeedsRoot = errors.New("root is needed")
	// ErrNoNetwork means that a mirror or a registry cannot be reached; the
	// error is a *NetworkError.
	ErrNoNetwork = errors.New("the network cannot be reached")
	// ErrNoSources means that this machine's package sources name no mirror
	// of Debian or Ubuntu, so nothing can be built here.
	ErrNoSources = errors.New("no package sources of Debian or Ubuntu on this machine")
	// ErrPlatform means that the engine runs on other hardware, or another
	// operating system, than a build here would be for.
	ErrPlatform = errors.New("the engine has another platform")
)

// NeedsRootError says what to type where root is needed.
type NeedsRootError struct {
	// Command is the command line to type, word by word.
	Command []string
}

func (e *NeedsRootError) Error() string {
	return "making the base of the images needs root, or a debian or ubuntu image in the engine: type " + strings.Join(e.Command, " ")
}

// Is makes the error an ErrNeedsRoot.
func (e *NeedsRootError) Is(target error) bool { return target == ErrNeedsRoot }

// NetworkError says what was tried in vain.
type NetworkError struct {
	// Host is the registry's or the mirror's host name or URL.
	Host string
	// Tried has one entry for each attempt: the way, a colon, what happened.
	Tried []string
}

func (e *NetworkError) Error() string {
	return fmt.Sprintf("%s cannot be reached; tried %s", e.Host, strings.Join(e.Tried, "; "))
}

// Is makes the error an ErrNoNetwork.
func (e *NetworkError) Is(target error) bool { return target == ErrNoNetwork }

// CorruptError says which file or blob of a kit is not what it should be.
type CorruptError struct {
	// Path is the file at fault.
	Path string
	// Blob is the digest of the blob concerned (sha256:...), empty when the
	// fault is not in a blob.
	Blob string
	// Missing is set when the blob is not there at all.
	Missing bool
	// Err says what is wrong.
	Err error
}

func (e *CorruptError) Error() string {
	if e.Blob == "" {
		return fmt.Sprintf("%s is damaged: %v", e.Path, e.Err)
	}
	return fmt.Sprintf("%s is damaged: blob %s: %v", e.Path, e.Blob, e.Err)
}

// Unwrap returns Err.
func (e *CorruptError) Unwrap() error { return e.Err }

// UnknownImageError means that an image cannot be built, as there is no recipe
// for it.
type UnknownImageError struct {
	Name  string   // the full name asked for
	Known []string // the full names that can be built
}

func (e *UnknownImageError) Error() string {
	return fmt.Sprintf("%s cannot be built from packages (these can: %s)", e.Name, strings.Join(e.Known, ", "))
}

// NotInKitError means that the kit has no image of this name.
type NotInKitError struct {
	Name string // the full name asked for
}

func (e *NotInKitError) Error() string { return e.Name + " is not in the kit" }

// BuildError means that a build failed in the engine.
type BuildError struct {
	Image string // the full name of the image being built
	// ExitCode is the failed command's, 0 when the failure was not a
	// command's.
	ExitCode int
	// Output has the last lines printed before the failure.
	Output []string
	Err    error
}

func (e *BuildError) Error() string {
	return fmt.Sprintf("build %s: %v\n%s", e.Image, e.Err, strings.Join(e.Output, "\n"))
}

// Unwrap returns Err.
func (e *BuildError) Unwrap() error { return e.Err }
