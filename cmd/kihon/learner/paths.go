package learner

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
)

// Paths says where things are kept. See "Where things are" in docs/commands.md.
type Paths struct {
	// Home holds one learner's record; Cache holds kits, for all homes.
	Home, Cache string
	// Workspace is where the learner's files are.
	Workspace string
}

// ErrNoHome says that neither KIHON_HOME nor a home directory is known.
var ErrNoHome = errors.New("no home directory is known; set KIHON_HOME to a folder of your own")

// FindPaths works the places out from the environment. Nothing is created.
func FindPaths(getenv func(string) string) (Paths, error) {
	p := Paths{Home: getenv("KIHON_HOME"), Cache: getenv("KIHON_CACHE"), Workspace: getenv("KIHON_WORKSPACE")}
	user, userErr := os.UserHomeDir()
	need := func(path *string, below func() (string, error)) error {
		if *path == "" {
			var err error
			if *path, err = below(); err != nil {
				return ErrNoHome
			}
		}
		absolute, err := filepath.Abs(*path)
		*path = absolute
		return err
	}
	state := func() (string, error) {
		if dir := getenv("XDG_STATE_HOME"); dir != "" && filepath.IsAbs(dir) {
			return filepath.Join(dir, "kihon"), nil
		}
		switch runtime.GOOS {
		case "darwin", "windows", "ios":
			dir, err := os.UserConfigDir()
			return filepath.Join(dir, "kihon"), err
		}
		return filepath.Join(user, ".local", "state", "kihon"), userErr
	}
	cache := func() (string, error) {
		dir, err := os.UserCacheDir()
		return filepath.Join(dir, "kihon"), err
	}
	workspace := func() (string, error) { return filepath.Join(user, "kihon"), userErr }
	if err := errors.Join(need(&p.Home, state), need(&p.Cache, cache), need(&p.Workspace, workspace)); err != nil {
		return Paths{}, err
	}
	return p, nil
}
