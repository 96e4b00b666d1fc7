package kit

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strings"
)

// release is what os-release(5) says of a system.
type release struct {
	id       string // debian, ubuntu
	codename string // bookworm, noble; for a derivative of Ubuntu, Ubuntu's
}

// parseRelease reads the text of an os-release file.
func parseRelease(text string) release {
	fields := map[string]string{}
	for line := range strings.Lines(text) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), "=")
		if ok && !strings.HasPrefix(key, "#") {
			fields[key] = strings.Trim(value, `"'`)
		}
	}
	r := release{id: fields["ID"], codename: fields["VERSION_CODENAME"]}
	// Derivatives of Ubuntu have names of their own, and Ubuntu's packages.
	if ubuntu := fields["UBUNTU_CODENAME"]; ubuntu != "" {
		r.id, r.codename = "ubuntu", ubuntu
	}
	return r
}

// title is the distribution's name as its makers write it.
func (r release) title() string {
	if r.id == "" {
		return ""
	}
	return strings.ToUpper(r.id[:1]) + r.id[1:]
}

// source is one package source: a stanza of a .sources file, or a line of a
// .list file, described in sources.list(5).
type source struct {
	file       string // name of the file it stands in
	uris       []string
	suites     []string
	components []string
	archs      []string // empty: all
	// signedBy is a path of a keyring or a key's own text; empty: whatever
	// apt trusts in general.
	signedBy string
	trusted  bool
}

// readSources returns the package sources of the system whose root directory
// is root, in apt's order: sources.list first, then sources.list.d by name.
// Files of other kinds and sources that are switched off are left out.
func readSources(root fs.FS) ([]source, error) {
	names := []string{"etc/apt/sources.list"}
	more, err := fs.ReadDir(root, "etc/apt/sources.list.d")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read package sources: %w", err)
	}
	for _, file := range more {
		names = append(names, path.Join("etc/apt/sources.list.d", file.Name()))
	}
	var all []source
	for _, name := range names {
		parse := parseOneLine
		switch path.Ext(name) {
		case ".list":
		case ".sources":
			parse = parseDeb822
		default:
			continue
		}
		text, err := fs.ReadFile(root, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return nil, fmt.Errorf("read package sources: %w", err)
		}
		for _, s := range parse(string(text)) {
			s.file = path.Base(name)
			all = append(all, s)
		}
	}
	return all, nil
}

// parseOneLine reads lines such as
//
//	deb [arch=amd64 signed-by=/usr/share/keyrings/k.gpg] http://mirror.example/debian bookworm main
func parseOneLine(text string) []source {
	var all []source
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		rest, ok := strings.CutPrefix(strings.TrimSpace(line), "deb")
		if !ok || rest == "" || !strings.ContainsAny(rest[:1], " \t[") {
			continue // deb-src and everything else
		}
		var s source
		rest = strings.TrimSpace(rest)
		if options, after, ok := strings.Cut(rest, "]"); ok && strings.HasPrefix(options, "[") {
			rest = after
			for _, option := range strings.Fields(options[1:]) {
				key, value, _ := strings.Cut(option, "=")
				switch strings.ToLower(key) {
				case "arch":
					s.archs = strings.Split(value, ",")
				case "signed-by":
					s.signedBy = value
				case "trusted":
					s.trusted = value == "yes"
				}
			}
		}
		fields := strings.Fields(rest)
		if len(fields) < 3 {
			continue // a flat archive has no components
		}
		s.uris, s.suites, s.components = fields[:1], fields[1:2], fields[2:]
		all = append(all, s)
	}
	return all
}

// parseDeb822 reads stanzas such as
//
//	Types: deb
//	URIs: http://mirror.example/debian
//	Suites: bookworm bookworm-updates
//	Components: main
//	Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
func parseDeb822(text string) []source {
	var all []source
	fields, last := map[string]string{}, ""
	end := func() {
		s := source{
			uris:       strings.Fields(fields["uris"]),
			suites:     strings.Fields(fields["suites"]),
			components: strings.Fields(fields["components"]),
			archs:      strings.Fields(fields["architectures"]),
			signedBy:   strings.TrimSpace(fields["signed-by"]),
			trusted:    strings.TrimSpace(fields["trusted"]) == "yes",
		}
		on := strings.TrimSpace(fields["enabled"]) != "no"
		if on && slices.Contains(strings.Fields(fields["types"]), "deb") && len(s.uris) > 0 && len(s.components) > 0 {
			all = append(all, s)
		}
		fields, last = map[string]string{}, ""
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \t\r\n")
		switch {
		case line == "":
			end()
		case strings.HasPrefix(line, "#"):
		case line[0] == ' ' || line[0] == '\t':
			fields[last] += "\n" + line
		default:
			key, value, _ := strings.Cut(line, ":")
			last = strings.ToLower(key)
			fields[last] = value
		}
	}
	end()
	return all
}

// mirror is where a distribution's packages come from.
type mirror struct {
	release release
	arch    string // as dpkg names it
	// base is the source of the release itself, with one URI and one suite.
	base source
	// all has base and the sources of its updates.
	all []source
}

// aliases are the names that Debian's releases have beside their codename.
var aliases = []string{"stable", "oldstable", "testing", "unstable", "sid"}

// pickMirror finds the distribution's own packages among the sources. Others
// use the same suite and component names, so a source must also look like the
// distribution's: by its keyring, by the file it stands in, or by its address.
// The error is ErrNoSources.
func pickMirror(r release, arch string, sources []source) (mirror, error) {
	m := mirror{release: r, arch: arch}
	if r.codename == "" || (r.id != "debian" && r.id != "ubuntu") {
		return m, ErrNoSources
	}
	var candidates []source
	for _, s := range sources {
		candidates = append(candidates, s.usable(r, arch)...)
	}
	slices.SortStableFunc(candidates, func(a, b source) int {
		return cmp.Compare(b.likeness(r), a.likeness(r))
	})
	suites := append([]string{r.codename}, aliases...)
	for _, suite := range suites {
		at := slices.IndexFunc(candidates, func(s source) bool { return s.suites[0] == suite })
		if at < 0 {
			continue
		}
		m.base = candidates[at]
		for _, s := range candidates {
			name, part, _ := strings.Cut(s.suites[0], "-")
			own := name == suite || (name == r.codename && part != "")
			if own && slices.Contains([]string{"", "updates", "security"}, part) {
				m.all = append(m.all, s)
			}
		}
		return m, nil
	}
	return m, ErrNoSources
}

// usable splits a source into one for each URI and suite that can be used from
// inside a container.
func (s source) usable(r release, arch string) []source {
	if len(s.archs) > 0 && !slices.Contains(s.archs, arch) {
		return nil
	}
	var components []string
	for _, c := range s.components {
		if c == "main" || (r.id == "ubuntu" && c == "universe") {
			components = append(components, c)
		}
	}
	if !slices.Contains(components, "main") || s.likeness(r) == 0 {
		return nil
	}
	var usable []source
	for _, uri := range s.uris {
		u, err := url.Parse(uri)
		// A password must not end up in an image.
		if err != nil || u.User != nil || (u.Scheme != "http" && u.Scheme != "https") {
			continue
		}
		for _, suite := range s.suites {
			one := s
			one.uris, one.suites, one.components = []string{uri}, []string{suite}, components
			usable = append(usable, one)
		}
	}
	return usable
}

// likeness says how sure it is that a source is the distribution's own: 3 by
// its keyring, 2 by its file, 1 by its address, 0 not at all.
func (s source) likeness(r release) int {
	keyring := path.Base(s.signedBy)
	if strings.HasPrefix(s.signedBy, "/") && strings.HasPrefix(keyring, r.id+"-archive-") {
		return 3
	}
	if s.signedBy == "" && (s.file == "sources.list" || s.file == r.id+".sources") {
		return 2
	}
	for _, uri := range s.uris {
		folder := path.Base(strings.TrimSuffix(uri, "/"))
		if folder == r.id || folder == r.id+"-security" || folder == r.id+"-ports" {
			return 1
		}
	}
	return 0
}

// deb822 writes the sources for the inside of an image. has reports whether a
// path exists there; a keyring that does not is left out, since the base has
// its distribution's keys in the general place.
func (m mirror) deb822(has func(path string) bool) string {
	var b strings.Builder
	for _, s := range m.all {
		fmt.Fprintf(&b, "Types: deb\nURIs: %s\nSuites: %s\nComponents: %s\n",
			s.uris[0], s.suites[0], strings.Join(s.components, " "))
		switch {
		case s.signedBy == "":
		case !strings.HasPrefix(s.signedBy, "/"):
			fmt.Fprintf(&b, "Signed-By:\n %s\n", s.signedBy)
		case has(s.signedBy):
			fmt.Fprintf(&b, "Signed-By: %s\n", s.signedBy)
		}
		if s.trusted {
			b.WriteString("Trusted: yes\n")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// origin is the text of the annotation for what is built from the packages.
func (r release) origin() string {
	return fmt.Sprintf("built from %s %s packages", r.title(), r.codename)
}
