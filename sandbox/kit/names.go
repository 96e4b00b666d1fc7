package kit

import (
	"fmt"
	"strings"

	"github.com/distribution/reference"
)

// FullName returns a reference as the engine resolves it: httpd is
// docker.io/library/httpd:latest. References by digest are refused, since a
// kit is addressed by names.
func FullName(ref string) (string, error) {
	named, err := reference.ParseNormalizedNamed(ref)
	if err != nil {
		return "", fmt.Errorf("image name %q: %w", ref, err)
	}
	if _, ok := named.(reference.Digested); ok {
		return "", fmt.Errorf("image name %q: a kit has names, not digests", ref)
	}
	return reference.TagNameOnly(named).String(), nil
}

// fullNames returns the full names, each once, in the order given.
func fullNames(refs []string) ([]string, error) {
	var names []string
	seen := map[string]bool{}
	for _, ref := range refs {
		name, err := FullName(ref)
		if err != nil {
			return nil, err
		}
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names, nil
}

// mirrored returns the reference under which registry, as HOST or HOST/PREFIX,
// holds the image of this full name. Official images lose their "library/".
func mirrored(name, registry string) string {
	if registry == "" {
		return name
	}
	path := name
	if _, rest, ok := strings.Cut(name, "/"); ok {
		path = rest
	}
	return strings.TrimSuffix(registry, "/") + "/" + strings.TrimPrefix(path, "library/")
}
