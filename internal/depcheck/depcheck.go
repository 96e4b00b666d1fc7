// Package depcheck holds the direction of imports: which package of this module
// may know of which, and what only one of them may know. Its test reads the
// module as `go list` sees it, on every system that kihon runs on.
package depcheck

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// Package is what `go list -json` says of a package. Tests are left out: they
// may fetch what they need from anywhere.
type Package struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	// Imports are the packages that its files name, Deps those and all that
	// these need.
	Imports, Deps []string
}

// Rule says what the packages that match may import. A pattern is an import
// path; with /... at its end it stands for everything below as well.
type Rule struct {
	// Packages are those that the rule is about.
	Packages []string
	// Only are the packages of this module that they may import; "" is none.
	// Nil means that the rule does not say.
	Only []string
	// Never are packages, of this module or not, that must not even be
	// imported by what they import.
	Never []string
	// NotThemselves are packages that only what they import may import.
	NotThemselves []string
	// Except are packages that the rule is not about.
	Except []string
	Reason string
}

// List returns the packages of the module in the working directory, or above
// it, as they are built for an operating system (a GOOS).
func List(system string) ([]Package, error) {
	var complaint bytes.Buffer
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,GoFiles,Imports,Deps", "kihon/...")
	cmd.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list for %s: %w: %s", system, err, complaint.String())
	}
	var all []Package
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p Package
		switch err := decoder.Decode(&p); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, fmt.Errorf("go list for %s: %w", system, err)
		}
		all = append(all, p)
	}
}

// Violations returns a sentence for each import that a rule forbids.
func Violations(module string, packages []Package, rules []Rule) []string {
	var out []string
	for _, p := range packages {
		for _, r := range rules {
			if !matches(r.Packages, p.ImportPath) || matches(r.Except, p.ImportPath) {
				continue
			}
			for _, imported := range p.Imports {
				foreign := r.Only != nil && within(module, imported) && !matches(r.Only, imported)
				if foreign || matches(r.NotThemselves, imported) {
					out = append(out, fmt.Sprintf("%s imports %s: %s", p.ImportPath, imported, r.Reason))
				}
			}
			for _, dependency := range p.Deps {
				if matches(r.Never, dependency) {
					out = append(out, fmt.Sprintf("%s imports %s, directly or not: %s", p.ImportPath, dependency, r.Reason))
				}
			}
		}
	}
	return out
}

func within(module, path string) bool {
	return path == module || strings.HasPrefix(path, module+"/")
}

func matches(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		tree, ok := strings.CutSuffix(pattern, "/...")
		return pattern == path || ok && within(tree, path)
	})
}
