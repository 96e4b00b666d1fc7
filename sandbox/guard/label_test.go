//go:build unix

package guard_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"kihon/sandbox/journal"
)

// labels are those of an object, as the engine shows them past the guard.
func labels(t *testing.T, object, format string, names ...string) map[string]string {
	t.Helper()
	o := direct(append([]string{object, "inspect", "-f", "{{json " + format + "}}"}, names...)...)
	var found map[string]string
	if err := json.Unmarshal([]byte(o.out), &found); err != nil {
		t.Fatalf("%s %v: %v %s", object, names, err, o.err)
	}
	return found
}

func (s *sandbox) isOurs(found map[string]string) bool {
	return found[journal.LabelHome] == s.home && found[journal.LabelActor] == "learner"
}

// post sends a body of a client's own making and gives the answer.
func (s *sandbox) post(path, body string) (status int, answer string) {
	s.t.Helper()
	conn := s.dial()
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", path, len(body), body)
	text, err := io.ReadAll(conn)
	if err != nil {
		s.t.Fatal(err)
	}
	var minor int
	fmt.Sscanf(string(text), "HTTP/1.%d %d", &minor, &status)
	_, answer, _ = strings.Cut(string(text), "\r\n\r\n")
	return status, answer
}

// The engine does not look at the case of a key, and merges objects that
// occur twice; whoever looks at "Labels" alone is passed by.
func TestLabelsAreSetHoweverTheBodyIsWritten(t *testing.T) {
	for name, body := range map[string]string{
		"no labels":              `{"Image":"IMG"}`,
		"labels":                 `{"Image":"IMG","Labels":{"mine":"1"}}`,
		"null":                   `{"Image":"IMG","Labels":null}`,
		"lower case":             `{"image":"IMG","labels":{"mine":"1"}}`,
		"twice":                  `{"Image":"IMG","Labels":{"mine":"0"},"LABELS":{"mine":"1","dev.kihon.home":"x"}}`,
		"null at the end":        `{"Image":"IMG","Labels":{"a":"b"},"labels":null}`,
		"ours, of another":       `{"Image":"IMG","Labels":{"mine":"1","dev.kihon.home":"x","dev.kihon.actor":"kihon"}}`,
		"unicode folding":        `{"Image":"IMG","Label\u017f":{"dev.kihon.home":"x","mine":"1"}}`,
		"something behind it":    `{"Image":"IMG"} {"Labels":{"dev.kihon.home":"x"}}`,
		"key written as escapes": `{"Image":"IMG","\u004cabels":{"dev.kihon.home":"x","mine":"1"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			status, answer := s.post("/v1.41/containers/create?name="+s.home, strings.ReplaceAll(body, "IMG", busybox))
			if status != http.StatusCreated {
				t.Fatalf("%d %s", status, answer)
			}
			found := labels(t, "container", ".Config.Labels", s.home)
			if !s.isOurs(found) {
				t.Errorf("labels %v", found)
			}
			if want := strings.Contains(body, `"mine":"1"`); (found["mine"] == "1") != want {
				t.Errorf("the client's own label: %v", found)
			}
		})
	}
}

func TestWhatTheGuardDoesNotKnowInABodyIsKept(t *testing.T) {
	s := open(t)
	status, answer := s.post("/v1.41/containers/create?name="+s.home,
		`{"Image":"`+busybox+`","hostname":"kept","Env":["A=1"],"hostconfig":{"Memory":67108864,"MEMORYSWAP":134217728,"Mounts":[{"Type":"tmpfs","Target":"/t","TmpfsOptions":{"SizeBytes":65536}}]},"HostConfig":{"Binds":["`+s.home+`-v:/v"]},"NotOfThisVersion":{"deep":[1,2]}}`)
	if status != http.StatusCreated {
		t.Fatalf("%d %s", status, answer)
	}
	o := direct("inspect", "-f", "{{.Config.Hostname}} {{index .Config.Env 0}} {{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} {{(index .HostConfig.Mounts 0).TmpfsOptions.SizeBytes}} {{.HostConfig.Binds}}", s.home)
	if want := "kept A=1 67108864 134217728 65536 [" + s.home + "-v:/v]\n"; o.out != want {
		t.Errorf("got %swant %s%s", o.out, want, o.err)
	}
}

func TestABodyThatIsNoneIsRefusedByTheEngineInItsOwnWords(t *testing.T) {
	s := open(t)
	for _, body := range []string{`{"Image":`, `[]`, `"x"`, `{"Labels":5}`, `{"HostConfig":{"Mounts":{}}}`, ``} {
		status, answer := s.post("/v1.41/containers/create?name="+s.home, body)
		if status < 400 || !strings.HasPrefix(answer, `{"message":`) {
			t.Errorf("%s: %d %s", body, status, answer)
		}
		if got := s.news(); len(got) != 1 || got[0].OK() || got[0].Error == "" {
			t.Errorf("%s: %+v", body, got)
		}
	}
}

func TestABodyThatIsTooLargeIsRefusedByTheGuard(t *testing.T) {
	s := open(t)
	status, answer := s.post("/v1.41/volumes/create", `{"Name":"`+s.home+`","Labels":{"a":"`+strings.Repeat("x", 9<<20)+`"}}`)
	if status != http.StatusRequestEntityTooLarge || !strings.HasPrefix(answer, `{"message":"the request's body is larger than 8 MiB`) {
		t.Errorf("%d %.200s", status, answer)
	}
}

func TestVolumesAndNetworksAreLabelled(t *testing.T) {
	s := open(t)
	s.must("volume", "create", "--label", "mine=1", s.home)
	s.must("network", "create", s.home)
	anonymous := s.must("volume", "create")
	for object, names := range map[string][]string{"volume": {s.home, anonymous}, "network": {s.home}} {
		for _, name := range names {
			if found := labels(t, object, ".Labels", name); !s.isOurs(found) {
				t.Errorf("%s %s: labels %v", object, name, found)
			}
		}
	}
	// null is a body that creates a volume.
	status, answer := s.post("/v1.41/volumes/create", "null")
	var made struct{ Name string }
	if json.Unmarshal([]byte(answer), &made); status != http.StatusCreated || !s.isOurs(labels(t, "volume", ".Labels", made.Name)) {
		t.Errorf("%d %s", status, answer)
	}
}

func TestAVolumeOfSomebodyElseStaysTheirs(t *testing.T) {
	s := open(t)
	direct("volume", "create", s.home)
	defer direct("volume", "rm", s.home)
	s.must("volume", "create", s.home)
	s.must("create", "--name", s.home, "-v", s.home+":/x", "--mount", "type=volume,src="+s.home+",dst=/y", busybox)
	defer direct("rm", s.home)
	if found := labels(t, "volume", ".Labels", s.home); len(found) != 0 {
		t.Errorf("labels %v", found)
	}
	if got := s.lines(); !slices.Equal(got, []string{"container create " + s.home + " 201"}) {
		t.Errorf("%q", got)
	}
}

// An image with VOLUME /data and VOLUME /more.
func (s *sandbox) imageWithVolumes() string {
	s.t.Helper()
	ref := s.home + ":volumes"
	direct("create", "--name", s.home+"-base", busybox)
	o := direct("commit", "-c", "VOLUME /data", "-c", "VOLUME /more/", s.home+"-base", ref)
	direct("rm", s.home+"-base")
	if o.code != 0 {
		s.t.Fatal(o.err)
	}
	return ref
}

type mount struct{ Type, Name, Destination string }

func mountsOf(t *testing.T, container string) []mount {
	t.Helper()
	o := direct("inspect", "-f", "{{json .Mounts}}", container)
	var found []mount
	if err := json.Unmarshal([]byte(o.out), &found); err != nil {
		t.Fatal(err, o.err)
	}
	slices.SortFunc(found, func(a, b mount) int { return strings.Compare(a.Destination, b.Destination) })
	return found
}

func TestVolumesThatComeWithAContainerAreLabelledAndNoted(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want string // destinations, each with its type
	}{
		"by the image":                 {nil, "/data volume, /more volume"},
		"without a name":               {[]string{"-v", "/x"}, "/data volume, /more volume, /x volume"},
		"with a name":                  {[]string{"-v", "N:/x"}, "/data volume, /more volume, /x volume"},
		"with a name, read only":       {[]string{"-v", "N:/x:ro"}, "/data volume, /more volume, /x volume"},
		"a name where the image has":   {[]string{"-v", "N:/data"}, "/data volume, /more volume"},
		"a mount where the image has":  {[]string{"--mount", "type=volume,src=N,dst=/more"}, "/data volume, /more volume"},
		"a mount without a name":       {[]string{"--mount", "type=volume,dst=/x"}, "/data volume, /more volume, /x volume"},
		"a folder where the image has": {[]string{"-v", "/tmp:/data"}, "/data bind, /more volume"},
		"said twice":                   {[]string{"-v", "/data", "-v", "/x/"}, "/data volume, /more volume, /x volume"},
		"two of one name":              {[]string{"-v", "N:/x", "-v", "N:/y"}, "/data volume, /more volume, /x volume, /y volume"},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			args := append([]string{"create", "--name", s.home}, c.args...)
			for i := range args {
				args[i] = strings.ReplaceAll(args[i], "N:", s.home+":")
				args[i] = strings.ReplaceAll(args[i], "src=N", "src="+s.home)
			}
			s.must(append(args, s.imageWithVolumes())...)
			noted := make(map[string]int)
			for _, e := range s.news() {
				if e.Object == "volume" && e.Action == "create" {
					noted[e.ID]++
				}
			}
			var got []string
			for _, m := range mountsOf(t, s.home) {
				got = append(got, m.Destination+" "+m.Type)
				if m.Type != "volume" {
					continue
				}
				if found := labels(t, "volume", ".Labels", m.Name); !s.isOurs(found) {
					t.Errorf("%s: labels %v", m.Destination, found)
				}
				if noted[m.Name] != 1 {
					t.Errorf("%s: noted %d times", m.Destination, noted[m.Name])
				}
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("got %s, want %s", strings.Join(got, ", "), c.want)
			}
			// They go as they would without a guard.
			s.must("rm", "-v", s.home)
			for name := range noted {
				gone := direct("volume", "inspect", name).code != 0
				if named := name == s.home; gone == named {
					t.Errorf("volume %s: gone %v after rm -v", name, gone)
				}
			}
		})
	}
}

func TestVolumesFromAnotherContainerAreNotPushedAside(t *testing.T) {
	s := open(t)
	image := s.imageWithVolumes()
	s.must("create", "--name", s.home+"-1", image)
	s.must("create", "--name", s.home+"-2", "--volumes-from", s.home+"-1:ro", image)
	one, two := mountsOf(t, s.home+"-1"), mountsOf(t, s.home+"-2")
	if len(one) != 2 || !slices.Equal(one, two) {
		t.Errorf("%v, then %v", one, two)
	}
}

func TestContentOfTheImageIsInItsVolume(t *testing.T) {
	s := open(t)
	direct("create", "--name", s.home+"-base", busybox, "sh")
	ref := s.home + ":filled"
	direct("commit", "-c", "VOLUME /etc", s.home+"-base", ref)
	direct("rm", s.home+"-base")
	if got, want := s.must("run", "--rm", ref, "ls", "/etc"), direct("run", "--rm", ref, "ls", "/etc").out; got != strings.TrimSpace(want) || got == "" {
		t.Errorf("guarded %q, direct %q", got, want)
	}
}

func TestACreateThatFailsLeavesNoVolume(t *testing.T) {
	s := open(t)
	s.must("create", "--name", s.home, busybox)
	for name, args := range map[string][]string{
		"name in use":  {"create", "--name", s.home, "-v", s.home + "-v:/x", busybox},
		"no image":     {"create", "--pull", "never", "-v", s.home + "-v:/x", "kihontest/absent"},
		"bad option":   {"create", "-v", s.home + "-v:/x:nonsense", busybox},
		"bad address":  {"create", "-v", s.home + "-v:/x", "--ip", "1.2.3.4", "--network", "none", "--memory", "1k", busybox},
		"no such user": {"create", "-v", s.home + "-v:/x", "--volumes-from", "kihontest-nobody", busybox},
	} {
		if o := s.docker(args...); o.code == 0 {
			t.Errorf("%s: it was created", name)
		}
		if o := direct("volume", "inspect", s.home+"-v"); o.code == 0 {
			t.Errorf("%s: the volume is there", name)
		}
	}
}
