package kit

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// baseTar returns the headers of a base's members by name, and the texts of
// those that are asked for.
func baseTar(t *testing.T, b base, wanted ...string) (headers map[string]*tar.Header, texts map[string]string) {
	t.Helper()
	file, err := os.Open(b.path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	headers, texts = map[string]*tar.Header{}, map[string]string{}
	archive := tar.NewReader(unzipped)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return headers, texts
		} else if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(header.Name, "./")
		headers[name] = header
		if slices.Contains(wanted, name) {
			text, err := io.ReadAll(archive)
			if err != nil {
				t.Fatal(err)
			}
			texts[name] = string(text)
		}
	}
}

func checkBase(t *testing.T, k *Kit, b base) {
	t.Helper()
	m, err := k.machine.mirror()
	if err != nil {
		t.Fatal(err)
	}
	headers, texts := baseTar(t, b, sourcesFile, "usr/lib/os-release")
	if got := headers[""]; got == nil || got.Mode != 0o755 || got.Uid != 0 {
		t.Errorf("the root directory is %+v, want mode 0755 and owner 0", got)
	}
	if got := headers["tmp/"]; got == nil || got.Mode != 0o1777 {
		t.Errorf("/tmp is %+v, want mode 1777", got)
	}
	if got := headers["usr/bin/passwd"]; got == nil || got.Mode != 0o4755 {
		t.Errorf("passwd is %+v, want mode 4755", got)
	}
	for _, name := range []string{"etc/resolv.conf", "etc/hostname", "etc/apt/sources.list", "etc/machine-id", "dev/null"} {
		if headers[name] != nil {
			t.Errorf("the base has %s, which is this machine's", name)
		}
	}
	var superfluous []string
	for name, header := range headers {
		for _, folder := range []string{"usr/share/man/", "usr/share/locale/", "var/lib/apt/lists/", "var/cache/apt/archives/", "var/log/apt/"} {
			if strings.HasPrefix(name, folder) && header.Typeflag == tar.TypeReg && header.Size > 0 {
				superfluous = append(superfluous, name)
			}
		}
		if strings.HasPrefix(name, "usr/share/doc/") && header.Typeflag == tar.TypeReg && filepath.Base(name) != "copyright" {
			superfluous = append(superfluous, name)
		}
	}
	if len(superfluous) > 0 {
		t.Errorf("%d files are superfluous, such as %s", len(superfluous), superfluous[0])
	}
	if headers["usr/share/doc/bash/copyright"] == nil {
		t.Error("the licences are gone")
	}
	if got := parseRelease(texts["usr/lib/os-release"]); got.codename != m.release.codename {
		t.Errorf("the base is %+v, want %+v", got, m.release)
	}
	if !strings.Contains(texts[sourcesFile], "URIs: "+m.base.uris[0]+"\n") {
		t.Errorf("the sources inside are\n%s", texts[sourcesFile])
	}
	if b.meta.Size > 40_000_000 {
		t.Errorf("the base has %d bytes", b.meta.Size)
	}
}

func TestTheBaseIsSmallAndHasNothingOfThisMachine(t *testing.T) {
	k := kitWithBase(t)
	m, err := k.machine.mirror()
	if err != nil {
		t.Fatal(err)
	}
	b, ok, err := k.cachedBase(m)
	if err != nil || !ok {
		t.Fatalf("no base: %v", err)
	}
	checkBase(t, k, b)
	// An older base goes once there is a newer one.
	old := filepath.Join(filepath.Dir(b.path), "debian-older.tar.gz")
	if err := os.WriteFile(old, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := dropOtherBases(b); err != nil {
		t.Fatal(err)
	}
	if got := len(files(t, filepath.Dir(b.path))); got != 2 {
		t.Errorf("%d files, want the base and its description", got)
	}
	// A cached base that is damaged does not count.
	flip(t, b.path)
	if _, ok, err := k.cachedBase(m); ok || err != nil {
		t.Errorf("a damaged base is taken: %v, %v", ok, err)
	}
	if err := os.Remove(b.path); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := k.cachedBase(m); ok || err != nil {
		t.Errorf("a base that is gone is taken: %v, %v", ok, err)
	}
}

// long skips a test that runs for minutes unless the long rounds are asked for.
func long(t *testing.T) {
	t.Helper()
	if os.Getenv("FULL") == "" {
		t.Skip("it makes a base out of packages, which takes half a minute: set FULL=1")
	}
}

func TestABaseIsMadeOfTheMachinesOwnPackages(t *testing.T) {
	long(t)
	k := newKit(t)
	k.recipes = quickRecipe
	var steps recorder
	if err := k.Build(t.Context(), here(t), []string{quick}, BuildOptions{Fresh: true, Progress: steps.progress}); err != nil {
		t.Fatal(err)
	}
	if got, want := steps.stages(), []Stage{StageSweep, StageBase, StageImport, StageBuild, StageExport}; !slices.Equal(got, want) {
		t.Errorf("stages %v, want %v", got, want)
	}
	if !slices.ContainsFunc(steps.steps, func(s Step) bool { return s.Stage == StageBase && strings.HasPrefix(s.Detail, "Unpacking ") }) {
		t.Error("nothing was told of debootstrap's work")
	}
	m, err := k.machine.mirror()
	if err != nil {
		t.Fatal(err)
	}
	b, ok, err := k.cachedBase(m)
	if err != nil || !ok {
		t.Fatalf("no base: %v", err)
	}
	checkBase(t, k, b)
}

func TestAnInterruptedBaseLeavesNothing(t *testing.T) {
	long(t)
	for name, moment := range map[string]string{
		"while packages are fetched":   "Retrieving bash",
		"while packages are unpacked":  "Unpacking ",
		"while packages are installed": "Configuring ",
	} {
		t.Run(name, func(t *testing.T) {
			k := newKit(t)
			k.recipes = quickRecipe
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			reached := false
			err := k.Build(ctx, here(t), []string{quick}, BuildOptions{Progress: func(s Step) {
				if s.Stage == StageBase && strings.HasPrefix(s.Detail, moment) {
					reached = true
					cancel()
				}
			}})
			if !errors.Is(err, context.Canceled) || !reached {
				t.Errorf("error %v, reached %v", err, reached)
			}
			if left := files(t, filepath.Join(k.cache, "base")); len(left) != 0 {
				t.Errorf("left %d files", len(left))
			}
			mounts, err := os.ReadFile("/proc/self/mounts")
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(mounts), k.cache) {
				t.Error("something is still mounted")
			}
		})
	}
}

func TestAMissingDebootstrapIsInstalled(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("packages are installed by root only")
	}
	m := thisMachine()
	m.lookPath = func(string) (string, error) { return "", errors.New("it is not there") }
	var steps recorder
	path, err := debootstrap{machine: m, report: newReporter(steps.progress)}.find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode()&0o111 == 0 {
		t.Errorf("%s: %v", path, err)
	}
	if got := steps.reasons(); len(got) != 1 || got[0] != ReasonNoDebootstrap {
		t.Errorf("reasons %v", got)
	}
}

func TestRecipesAreWrittenForTheirBase(t *testing.T) {
	recipes, err := readRecipes(imageFiles)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := namesOf(recipes), []string{"docker.io/library/busybox:latest", hello, "docker.io/library/httpd:latest"}; !slices.Equal(got, want) {
		t.Errorf("recipes for %v, want %v", got, want)
	}
	for _, r := range recipes {
		lines := slices.DeleteFunc(strings.Split(string(r.files["Dockerfile"]), "\n"), func(line string) bool {
			return line == "" || strings.HasPrefix(line, "#")
		})
		if len(lines) < 2 || lines[0] != "ARG BASE" || !strings.HasPrefix(lines[1], "FROM ${BASE}") {
			t.Errorf("%s begins with\n%s", r.name, strings.Join(lines[:min(2, len(lines))], "\n"))
		}
		told := false
		for name, text := range r.files {
			for line := range strings.Lines(string(text)) {
				if strings.Contains(line, "apt-get update") {
					told = true
					if !strings.Contains(line, "|| exit 90") {
						t.Errorf("%s: %s does not say when the mirror cannot be reached: %s", r.name, name, line)
					}
				}
			}
		}
		if !told {
			t.Errorf("%s never asks the mirror", r.name)
		}
	}
}

func TestEveryStageOfABuildBearsTheLabel(t *testing.T) {
	got := string(labelStages([]byte("ARG BASE\nFROM ${BASE} AS a\nRUN true\nfrom scratch\nCOPY --from=a /x /x\nFROM abc\n"), "l=o"))
	want := "ARG BASE\nFROM ${BASE} AS a\nRUN true\nfrom scratch\nLABEL l=o\nCOPY --from=a /x /x\nFROM abc\nLABEL l=o\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestLinesAreCutAsATerminalShowsThem(t *testing.T) {
	var lines []string
	w := &lineWriter{keep: 2, each: func(line string) { lines = append(lines, line) }}
	for _, part := range []string{"one\n  tw", "o \n\n", "10%\r50%\r100%\n", "unfinished"} {
		if n, err := io.WriteString(w, part); n != len(part) || err != nil {
			t.Fatal(n, err)
		}
	}
	if want := []string{"one", "two", "100%"}; !slices.Equal(lines, want) || !slices.Equal(w.last, want[1:]) {
		t.Errorf("lines %q, last %q", lines, w.last)
	}
}

func TestProxiesOfTheEnvironmentReachABuild(t *testing.T) {
	env := map[string]string{"http_proxy": "http://proxy.example:3128", "HTTPS_PROXY": "http://127.0.0.1:8080", "https_proxy": "http://localhost:1", "NO_PROXY": "example"}
	args := machine{getenv: func(name string) string { return env[name] }}.buildArgs()
	if len(args) != 2 || *args["http_proxy"] != env["http_proxy"] || *args["NO_PROXY"] != "example" {
		t.Errorf("arguments %v", args)
	}
}
