package kit

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// noble and bookworm are what os-release says on fresh installations.
const (
	bookworm = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\n"
	noble    = "PRETTY_NAME=\"Ubuntu 24.04 LTS\"\nID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\nUBUNTU_CODENAME=noble\n"
	derived  = "NAME=\"A derivative\"\nID=derived\nID_LIKE=\"ubuntu debian\"\nVERSION_CODENAME=wilma\nUBUNTU_CODENAME=noble\n"
	foreign  = "NAME=\"Another Linux\"\nID=another\nVERSION_ID=42\n"
)

const (
	debianKeyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
	ubuntuKeyring = "/usr/share/keyrings/ubuntu-archive-keyring.gpg"
)

func TestTheMirrorIsTheOneOfTheMachinesOwnSources(t *testing.T) {
	type files map[string]string
	tests := []struct {
		name    string
		release string
		arch    string
		files   files
		base    string // the URI and suite that the base is made from
		golden  string // what the images get
	}{
		{
			name:    "Debian 12 in stanzas, beside two strangers",
			release: bookworm, arch: "amd64",
			files: files{
				"sources.list.d/debian.sources": "# the archive\nTypes: deb\nURIs: http://mirror.example/debian\nSuites: bookworm bookworm-updates bookworm-backports\nComponents: main contrib\nSigned-By: " + debianKeyring + "\n" +
					"\nTypes: deb deb-src\nURIs: http://mirror.example/debian-security\nSuites: bookworm-security\nComponents: main\nSigned-By: " + debianKeyring + "\n",
				"sources.list.d/cloud.list":   "deb https://packages.example/apt cloud-sdk-bookworm main\n",
				"sources.list.d/node.sources": "Types: deb\nURIs: https://node.example/debian\nSuites: nodistro\nComponents: main\n",
			},
			base: "http://mirror.example/debian bookworm", golden: "debian-stanzas",
		},
		{
			name:    "Debian 12 in one file of lines",
			release: bookworm, arch: "amd64",
			files: files{"sources.list": "# deb cdrom:[Debian]/ bookworm main\n" +
				"deb http://mirror.example/debian/ bookworm main non-free-firmware  # the archive\n" +
				"deb-src http://mirror.example/debian/ bookworm main\n" +
				"deb http://security.example/debian-security bookworm-security main\n"},
			base: "http://mirror.example/debian/ bookworm", golden: "debian-lines",
		},
		{
			name:    "Ubuntu 24.04 in stanzas",
			release: noble, arch: "amd64",
			files: files{
				"sources.list": "# Ubuntu sources have moved\n",
				"sources.list.d/ubuntu.sources": "Types: deb\nURIs: http://mirror.example/ubuntu/\nSuites: noble noble-updates noble-backports\nComponents: main restricted universe multiverse\nSigned-By: " + ubuntuKeyring + "\n" +
					"\nTypes: deb\nURIs: http://security.example/ubuntu/\nSuites: noble-security\nComponents: main restricted universe multiverse\nSigned-By: " + ubuntuKeyring + "\n",
			},
			base: "http://mirror.example/ubuntu/ noble", golden: "ubuntu-stanzas",
		},
		{
			name:    "Ubuntu on ARM in lines",
			release: noble, arch: "arm64",
			files: files{"sources.list": "deb [arch=amd64] http://mirror.example/ubuntu noble main universe\n" +
				"deb [ arch=arm64,armhf ] http://ports.example/ubuntu-ports noble main universe\n"},
			base: "http://ports.example/ubuntu-ports noble", golden: "ubuntu-ports",
		},
		{
			name:    "a derivative of Ubuntu, whose own packages are not Ubuntu's",
			release: derived, arch: "amd64",
			files: files{"sources.list.d/official.list": "deb http://packages.example wilma main upstream\n" +
				"deb http://mirror.example/ubuntu noble main universe\n"},
			base: "http://mirror.example/ubuntu noble", golden: "derivative",
		},
		{
			name:    "a stranger who has the same suite and component, and comes first",
			release: bookworm, arch: "amd64",
			files: files{
				"sources.list.d/a.list":         "deb [signed-by=/usr/share/keyrings/tools.gpg] https://tools.example bookworm main\n",
				"sources.list.d/debian.sources": "Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm\nComponents: main\nSigned-By: " + debianKeyring + "\n",
			},
			base: "http://mirror.example/debian bookworm", golden: "stranger",
		},
		{
			name:    "a company's mirror with a key of its own in the stanza",
			release: bookworm, arch: "amd64",
			files: files{"sources.list.d/company.sources": "Types: deb\nURIs: https://packages.company.example/debian\nSuites: bookworm\nComponents: main\nSigned-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mDMEY865UxYJKwYBBAHaRw8B\n -----END PGP PUBLIC KEY BLOCK-----\n"},
			base:  "https://packages.company.example/debian bookworm", golden: "company",
		},
		{
			name:    "a source that is switched off, then one that is on",
			release: bookworm, arch: "amd64",
			files: files{"sources.list.d/debian.sources": "Enabled: no\nTypes: deb\nURIs: http://off.example/debian\nSuites: bookworm\nComponents: main\n" +
				"\nTypes: deb\nURIs: http://on.example/debian\nSuites: bookworm\nComponents: main\n"},
			base: "http://on.example/debian bookworm", golden: "switched-off",
		},
		{
			name:    "a suite under the name that it has this year",
			release: bookworm, arch: "amd64",
			files: files{"sources.list": "deb http://mirror.example/debian stable main\ndeb http://mirror.example/debian stable-updates main\ndeb http://mirror.example/debian bookworm-updates main\n"},
			base:  "http://mirror.example/debian stable", golden: "alias",
		},
		{
			name:    "a mirror that a container cannot use, or must not, then one that it can",
			release: bookworm, arch: "amd64",
			files: files{"sources.list": "deb file:/srv/debian bookworm main\ndeb http://me:secret@private.example/debian bookworm main\ndeb [trusted=yes] http://mirror.example/debian bookworm main\n"},
			base:  "http://mirror.example/debian bookworm", golden: "usable",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			root := fstest.MapFS{"etc/os-release": {Data: []byte(test.release)}}
			for name, text := range test.files {
				root["etc/apt/"+name] = &fstest.MapFile{Data: []byte(text)}
			}
			goarch := map[string]string{"amd64": "amd64", "arm64": "arm64"}[test.arch]
			m, err := machine{root: root, arch: goarch}.mirror()
			if err != nil {
				t.Fatal(err)
			}
			if got := m.base.uris[0] + " " + m.base.suites[0]; got != test.base {
				t.Errorf("the base comes from %q, want %q", got, test.base)
			}
			golden(t, test.golden, m.deb822(func(path string) bool { return path == debianKeyring }))
		})
	}
}

func TestWithoutTheDistributionsOwnSourcesThereIsNoMirror(t *testing.T) {
	tests := []struct {
		name, release, list string
	}{
		{"no sources", bookworm, ""},
		{"strangers only", bookworm, "deb [signed-by=/usr/share/keyrings/tools.gpg] https://tools.example bookworm main\n"},
		{"another component", bookworm, "deb http://mirror.example/debian bookworm contrib\n"},
		{"another release", bookworm, "deb http://mirror.example/debian trixie main\n"},
		{"another architecture", bookworm, "deb [arch=arm64] http://mirror.example/debian bookworm main\n"},
		{"a distribution without them", foreign, "deb http://mirror.example/debian bookworm main\n"},
		{"a flat archive", bookworm, "deb http://mirror.example/debian ./\n"},
		{"a line that is cut off", bookworm, "deb [arch=amd64 http://mirror.example/debian bookworm main\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			root := fstest.MapFS{
				"etc/os-release":       {Data: []byte(test.release)},
				"etc/apt/sources.list": {Data: []byte(test.list)},
			}
			if m, err := (machine{root: root, arch: "amd64"}).mirror(); !errors.Is(err, ErrNoSources) {
				t.Errorf("mirror %v, error %v; want ErrNoSources", m.all, err)
			}
		})
	}
	t.Run("no os-release", func(t *testing.T) {
		if _, err := (machine{root: fstest.MapFS{}, arch: "amd64"}).mirror(); !errors.Is(err, ErrNoSources) {
			t.Errorf("error %v, want ErrNoSources", err)
		}
	})
}

func TestTheReleaseNamesTheOrigin(t *testing.T) {
	for text, want := range map[string]string{
		bookworm: "built from Debian bookworm packages",
		noble:    "built from Ubuntu noble packages",
		derived:  "built from Ubuntu noble packages",
	} {
		if got := parseRelease(text).origin(); got != want {
			t.Errorf("origin %q, want %q", got, want)
		}
	}
}

// No recipe may know a mirror: it is this machine's, and nobody else's.
func TestNoRecipeNamesAMirror(t *testing.T) {
	for _, tree := range []fs.FS{imageFiles, baseFiles} {
		err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := fs.ReadFile(tree, name)
			if strings.Contains(string(text), "://") {
				t.Errorf("%s has an address in it", name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// golden compares text with a file of testdata.
func golden(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if text != string(want) {
		t.Errorf("got:\n%s\nwant (%s):\n%s", text, path, want)
	}
}
